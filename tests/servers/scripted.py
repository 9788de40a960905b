"""A server that does exactly what a test says: silence, refusals, nonsense."""

import re
import socket
import ssl
import struct
import threading

from . import process

IMAP_STEPS = ['connect', 'tls', 'greeting', 'capability', 'sign-in', 'list']
SMTP_STEPS = ['connect', 'tls', 'greeting', 'ehlo', 'sign-in', 'mail', 'rcpt', 'data', 'dot']


class Peer:
    """One accepted connection. Everything that it received is in `received`."""

    def __init__(self, connection, stopped):
        self._socket = connection
        self._stopped = stopped
        self._pending = b''
        self.received = b''

    def send(self, text):
        """Sends text or bytes, as they are."""
        self._socket.sendall(text if isinstance(text, bytes) else text.encode())

    def line(self):
        """Returns the next line without its end; raises EOFError at the end of the stream."""
        while b'\n' not in self._pending:
            self._pending += self.some()
        line, self._pending = self._pending.split(b'\n', 1)
        return line.rstrip(b'\r').decode('utf-8', 'replace')

    def take(self, size):
        """Returns the next @size bytes; raises EOFError at the end of the stream."""
        while len(self._pending) < size:
            self._pending += self.some()
        taken, self._pending = self._pending[:size], self._pending[size:]
        return taken

    def some(self):
        """Returns bytes as they come; raises EOFError at the end of the stream."""
        data = self._socket.recv(65536)
        if not data:
            raise EOFError
        self.received += data
        return data

    def expect(self, pattern):
        """Returns the match of the next line with @pattern, ignoring case."""
        line = self.line()
        match = re.match(pattern, line, re.IGNORECASE)
        assert match, f'expected {pattern!r}, got {line!r}'
        return match

    def start_tls(self, certificate):
        """Encrypts; raises ssl.SSLError when the client does not like it."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate.certificate, certificate.key)
        self._socket = context.wrap_socket(self._socket, server_side=True)

    def silence(self):
        """Says nothing more until the client goes away or the test ends."""
        self._socket.settimeout(0.05)
        while not self._stopped.is_set():
            try:
                data = self._socket.recv(65536)
                if not data:
                    return
                self.received += data
            except (TimeoutError, ssl.SSLWantReadError):
                continue
            except OSError:
                return

    def reset(self):
        """Ends the connection with an RST."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
        self.close()

    def close(self):
        self._socket.close()


class ScriptedServer:
    """Runs @script (peer) for each connection, in a thread of its own.

    `peers` has every connection so far; `errors` what scripts raised, apart from clients leaving.
    """

    def __init__(self, script):
        self._script = script
        self._stopped = threading.Event()
        self._listener = None
        self.port = process.free_ports(1)[0]
        self.peers = []
        self.errors = []

    def __enter__(self):
        self._listener = socket.create_server(('127.0.0.1', self.port))
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *unused):
        self._stopped.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for peer in self.peers:
            peer.close()

    def _accept(self):
        while True:
            try:
                connection, _ = self._listener.accept()
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            except OSError:
                return
            peer = Peer(connection, self._stopped)
            self.peers.append(peer)
            threading.Thread(target=self._run, args=(peer,), daemon=True).start()

    def _run(self, peer):
        try:
            self._script(peer)
        except (EOFError, OSError):
            pass
        except Exception as error:  # the test looks at these
            self.errors.append(error)
        finally:
            peer.close()


def plain_text(greeting='* OK ready\r\n'):
    """A script that speaks plain text, for a port where TLS is expected."""
    def script(peer):
        peer.send(greeting)
        peer.silence()
    return script


def silent_imap(step, certificate=None):
    """A script that is an IMAP server until @step of IMAP_STEPS, and says nothing from then on.

    @certificate: TLS from the first byte with it; without, plain text
    """
    reached = IMAP_STEPS.index(step)

    def script(peer):
        if reached <= 1:
            return peer.silence()
        if certificate is not None:
            peer.start_tls(certificate)
        if reached == 2:
            return peer.silence()
        peer.send('* OK ready\r\n')
        while True:
            tag, verb = peer.expect(r'(\S+) (\S+)').groups()
            verb = verb.upper()
            if IMAP_STEPS.index(imap_step(verb)) >= reached:
                return peer.silence()
            if verb == 'CAPABILITY':
                peer.send('* CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN\r\n')
            peer.send(f'{tag} OK done\r\n')
    return script


def imap_step(verb):
    return {'CAPABILITY': 'capability', 'AUTHENTICATE': 'sign-in', 'LOGIN': 'sign-in'}.get(verb,
                                                                                          'list')


def silent_smtp(step, certificate=None):
    """A script that is a submission server until @step of SMTP_STEPS, then says nothing."""
    reached = SMTP_STEPS.index(step)

    def script(peer):
        if reached <= 1:
            return peer.silence()
        if certificate is not None:
            peer.start_tls(certificate)
        if reached == 2:
            return peer.silence()
        peer.send('220 ready\r\n')
        while True:
            verb = peer.line()[:4].upper()
            now = smtp_step(verb)
            if now is not None and SMTP_STEPS.index(now) >= reached:
                return peer.silence()
            peer.send(smtp_answer(verb))
            if verb == 'DATA':
                while peer.line() != '.':
                    pass
                if step == 'dot':
                    return peer.silence()
                peer.send('250 2.0.0 taken\r\n')
    return script


def smtp_step(verb):
    return {'EHLO': 'ehlo', 'HELO': 'ehlo', 'AUTH': 'sign-in', 'MAIL': 'mail', 'RCPT': 'rcpt',
            'DATA': 'data'}.get(verb)


def smtp_answer(verb):
    return {'EHLO': '250-localhost\r\n250-8BITMIME\r\n250 AUTH PLAIN\r\n',
            'AUTH': '235 2.7.0 welcome\r\n',
            'DATA': '354 go on\r\n'}.get(verb, '250 2.0.0 fine\r\n')
