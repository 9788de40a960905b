"""A submission server whoever runs the tests: Postfix as root, else Dovecot's own behind a relay."""

import os
import shutil
import socketserver
import smtplib
import threading

from .dovecot import program
from .postfix import Postfix


def open_submission(dovecot):
    """Returns a context manager with `submission_port`, `submissions_port` and `environment ()`."""
    if os.geteuid() == 0 and shutil.which(program('postfix')):
        return Postfix(dovecot)
    return DovecotSubmission(dovecot)


class DovecotSubmission:
    """Dovecot's submission service; what it relays goes back into the same Dovecot by LMTP."""

    def __init__(self, dovecot):
        self._dovecot = dovecot
        self.submission_port = dovecot.submission_port
        self.submissions_port = dovecot.submissions_port
        self._server = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *unused):
        self.close()

    def start(self):
        self._server = RelayServer(('127.0.0.1', self._dovecot.relay_port), Relay)
        self._server.lmtp_port = self._dovecot.lmtp_port
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self):
        """Takes the relay away: sign-in still works, and each message is refused for now."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def restart(self):
        self.stop()
        self.start()

    close = stop

    def environment(self):
        return {'PIPIT_TEST_SUBMISSION_PORT': str(self.submission_port),
                'PIPIT_TEST_SUBMISSIONS_PORT': str(self.submissions_port)}


class RelayServer(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


class Relay(socketserver.StreamRequestHandler):
    """Speaks SMTP with the one and LMTP with the other, command by command."""

    def handle(self):
        self._accepted = 0
        with smtplib.LMTP('127.0.0.1', self.server.lmtp_port) as self._lmtp:
            self._answer(220, b'relay')
            for line in self.rfile:
                if not self._obey(line.rstrip(b'\r\n')):
                    return

    def _obey(self, line):
        verb = line[:4].upper()
        if verb in (b'EHLO', b'HELO'):
            self._lmtp.ehlo()
            self.wfile.write(b'250-localhost\r\n250-8BITMIME\r\n250-PIPELINING\r\n'
                             b'250 ENHANCEDSTATUSCODES\r\n')
        elif verb == b'DATA' and self._accepted > 0:
            self._answer(354, b'go on')
            self._answer(*self._deliver(self._read_data()))
        elif verb == b'QUIT':
            self._answer(221, b'2.0.0 bye')
            return False
        else:
            self._forward(verb, line)
        return True

    def _forward(self, verb, line):
        code, text = self._lmtp.docmd(line.decode('utf-8', 'surrogateescape'))
        if verb in (b'MAIL', b'RSET'):
            self._accepted = 0
        elif verb == b'RCPT' and code == 250:
            self._accepted += 1
        self._answer(code, text.splitlines()[-1])

    def _read_data(self):
        lines = []
        for line in self.rfile:
            if line == b'.\r\n':
                break
            lines.append(line)
        return b''.join(lines)

    def _deliver(self, dotted):
        """Hands the message on; one answer for all recipients, the worst."""
        self._lmtp.docmd('DATA')
        self._lmtp.sock.sendall(dotted + b'.\r\n')
        answers = [self._lmtp.getreply() for _ in range(self._accepted)]
        self._accepted = 0
        return max(answers, key=lambda answer: answer[0])

    def _answer(self, code, text):
        self.wfile.write(b'%d %s\r\n' % (code, text))
