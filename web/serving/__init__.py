"""The processes, sockets and threads of `talash serve`."""
