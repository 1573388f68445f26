# A connection on the loopback, over which 5 bytes go there and 10 back; one that is refused; a
# datagram of 8 bytes, and one of 9 by IPv6, if there is IPv6.
import socket
import threading

listener = socket.socket()
listener.bind(("127.0.0.1", 0))
listener.listen(1)
address = listener.getsockname()


def serve():
    connection = listener.accept()[0]
    connection.recv(100)
    connection.send(b"x" * 10)
    connection.close()


thread = threading.Thread(target=serve)
thread.start()
client = socket.create_connection(address)
client.send(b"hello")
client.recv(100)
client.close()
thread.join()
listener.close()
try:
    socket.create_connection(address)
except ConnectionRefusedError:
    pass
for family, host, text in ((socket.AF_INET, "127.0.0.1", b"datagram"), (socket.AF_INET6, "::1", b"datagram6")):
    try:
        receiver = socket.socket(family, socket.SOCK_DGRAM)
        receiver.bind((host, 0))
    except OSError:
        continue
    socket.socket(family, socket.SOCK_DGRAM).sendto(text, receiver.getsockname()[:2])
    receiver.recv(100)
print("port", address[1])
