"""A TCP proxy whose connections can be frozen, as by a lost network, or cut."""
import socket
import struct
import threading

PIECE = 1 << 16


class Proxy:
    """Listens on a loopback port and passes on to another one."""

    def __init__(self, target):
        self.target = target
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.flows = threading.Event()
        self.flows.set()
        self.lock, self.open = threading.Lock(), set()
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            # A frozen network accepts nothing: who connects waits.
            threading.Thread(target=self.connect, args=(near,), daemon=True).start()

    def connect(self, near):
        self.flows.wait()
        try:
            far = socket.create_connection(("127.0.0.1", self.target), 10)
            far.settimeout(None)
        except OSError:
            near.close()
            return
        with self.lock:
            self.open |= {near, far}
        for source, sink in ((near, far), (far, near)):
            threading.Thread(target=self.pump, args=(source, sink), daemon=True).start()

    def pump(self, source, sink):
        try:
            while True:
                self.flows.wait()
                piece = source.recv(PIECE)
                self.flows.wait()
                if not piece:
                    break
                sink.sendall(piece)
        except OSError:
            pass
        self.close((source, sink))

    def close(self, sockets):
        with self.lock:
            self.open -= set(sockets)
        for one in sockets:
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            one.close()

    def freeze(self):
        """Nothing passes, and nobody is told."""
        self.flows.clear()

    def thaw(self):
        self.flows.set()

    def cut(self):
        """Ends all connections at once, with RST."""
        with self.lock:
            sockets = list(self.open)
        for one in sockets:
            try:
                one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            except OSError:
                pass
        self.close(sockets)
