"""A handful of pages, as somebody tries the program with: two newsrooms on one meeting, each in its own
words, beside another meeting of the same minister and another visit. An archive that small teaches nothing;
what is known beforehand has to do."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from index.config import IndexConfig
from index.documents import Document
from index.encoders.onnx import LocalEncoder
from index.opened import OpenIndex
from index.operations.build import rebuild_from
from index.parts.stories.candidates import known_centres
from index.parts.stories.stories import STORY

pytestmark = [pytest.mark.model, pytest.mark.long, pytest.mark.timeout(300)]

PAGES = [
    Document(
        "ur-ankara",
        "وزیر توانائی کی ترک ہم منصب سے ملاقات، بجلی گھروں پر تعاون کا فیصلہ",
        "وفاقی وزیر توانائی سردار اویس لغاری نے انقرہ میں ترکیہ کے وزیر توانائی الپ ارسلان بیرقدار سے "
        "ملاقات کی۔ ملاقات میں پن بجلی کے منصوبوں اور گرڈ کی بحالی پر تفصیلی بات چیت ہوئی۔ دونوں ملکوں نے "
        "مشترکہ ورکنگ گروپ بنانے پر اتفاق کیا جو ہر چھ ماہ بعد اجلاس کرے گا۔ ترک وزیر نے کہا کہ ان کی "
        "کمپنیاں پاکستان میں 800 میگاواٹ کے شمسی منصوبوں میں سرمایہ کاری کے لیے تیار ہیں۔ اویس لغاری نے ترک "
        "ہم منصب کو اسلام آباد کے دورے کی دعوت دی۔",
        "ur",
        date(2026, 3, 11),
    ),
    Document(
        "en-ankara",
        "Turkish firms eye 800MW of solar in Pakistan",
        "Energy Minister Awais Leghari met his Turkish counterpart Alparslan Bayraktar in Ankara on "
        "Wednesday and agreed to set up a joint working group on power generation. The two sides discussed "
        "hydropower and the rehabilitation of the national grid. Bayraktar said Turkish companies were "
        "ready to invest in solar projects of 800 megawatts. The working group will meet every six months, "
        "officials said. Leghari invited the Turkish minister to visit Islamabad.",
        "en",
        None,
    ),
    Document(
        "en-ankara-brief",
        "Leghari, Bayraktar discuss grid and hydropower",
        "ANKARA: Pakistan and Turkiye will form a working group on energy, it was decided in a meeting of "
        "Awais Leghari with Alparslan Bayraktar. Investment by Turkish companies in solar power plants of "
        "800MW and repairs to the grid were on the agenda. The Turkish minister accepted an invitation to "
        "Islamabad.",
        "en",
        date(2026, 3, 12),
    ),
    Document(
        "ur-envoy",
        "اویس لغاری سے جرمن سفیر کی ملاقات، توانائی کے شعبے میں تعاون پر گفتگو",
        "وفاقی وزیر توانائی سردار اویس لغاری سے جرمنی کی سفیر انا لیپل نے اسلام آباد میں ملاقات کی۔ ملاقات میں "
        "قابل تجدید توانائی، عمارتوں میں بجلی کی بچت اور تربیت کے پروگراموں پر بات ہوئی۔ وزیر نے جرمن بینک "
        "کے قرضوں کا شکریہ ادا کیا۔ سفیر نے کہا کہ جرمنی ہنر مند کارکنوں کی تربیت میں مدد جاری رکھے گا۔",
        "ur",
        date(2026, 3, 20),
    ),
    Document(
        "en-mine",
        "Coal mine near Duki closed after gas leak",
        "Inspectors closed a coal mine near Duki on Thursday after methane was measured in two tunnels. "
        "Forty miners had been brought out an hour before, the mine's owner said. The department of mines "
        "will look into why the ventilation failed. The union asked for detectors in every shaft.",
        "en",
        date(2026, 3, 12),
    ),
]


def test_three_tellings_of_one_meeting(encoder: LocalEncoder, tmp_path: Path) -> None:
    config = IndexConfig(data_dir=tmp_path / "data")
    rebuild_from(PAGES, config, encoder=encoder)
    index = OpenIndex.open_current(config.data_dir)
    pairs = index.stories.pairs()
    told = pairs.take(pairs.kinds == STORY)
    names = {docid: document.id for docid, document in index.catalogue.iter_documents()}
    found = {
        frozenset((names[a], names[b]))
        for a, b in zip(told.first.tolist(), told.second.tolist(), strict=True)
    }
    index.close()
    meeting = ["ur-ankara", "en-ankara", "en-ankara-brief"]
    assert found == {frozenset((a, b)) for a in meeting for b in meeting if a < b}


@pytest.mark.smoke
def test_the_centres_are_those_of_the_bundled_encoder(encoder: LocalEncoder) -> None:
    """With another encoder the file is made anew: python -m training.story_centres."""
    assert encoder.info.id in known_centres()
