# Reaches for the network by what stands on sockets.
# spoils: its own job
for attempt in (
    lambda: __import__("urllib.request").request.urlopen("http://127.0.0.1:80/", timeout=1),
    lambda: __import__("urllib.request").request.urlopen("file://CANARY"),
    lambda: __import__("http.client").client.HTTPConnection("127.0.0.1", 80, timeout=1).connect() or True,
    lambda: __import__("ssl").create_default_context(),
    lambda: __import__("ftplib").FTP("127.0.0.1", timeout=1),
    lambda: __import__("smtplib").SMTP("127.0.0.1", 25, timeout=1),
    lambda: __import__("socketserver").TCPServer(("127.0.0.1", 0), None),
    lambda: __import__("http.server").server.HTTPServer(("127.0.0.1", 0), None),
    lambda: __import__("xmlrpc.client").client.ServerProxy("http://127.0.0.1/").x(),
    lambda: __import__("asyncio").run(__import__("asyncio").open_connection("127.0.0.1", 80)),
    lambda: __import__("asyncio").new_event_loop(),
    lambda: __import__("logging.handlers").handlers.SocketHandler("127.0.0.1", 9).makeSocket(),
    lambda: __import__("select").select([0], [], [], 0),
):
    try:
        found = attempt()
        if found:
            print("ESCAPED", found)
    except BaseException as error:
        print(type(error).__name__)
