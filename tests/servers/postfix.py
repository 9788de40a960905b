"""A private Postfix: submission with sign-in by Dovecot, delivery into Dovecot. Needs root."""

import os
import pwd
import re
import subprocess

from . import process
from .dovecot import HERE, program

PORT_NAMES = ['smtp', 'submission', 'submissions']


class Postfix:
    """Mail for the users of a Dovecot; other recipients at example.test are refused by name.

    Ports: `submission_port` (STARTTLS), `submissions_port` (TLS), `smtp_port` (no sign-in).
    """

    def __init__(self, dovecot, certificate=None, size_limit_bytes=26214400, extra=''):
        if os.geteuid() != 0:
            raise process.FixtureError('Postfix runs only as root; see submission.py')
        self.directory = process.make_directory('pipit-postfix-')
        os.chmod(self.directory, 0o755)
        for name, port in zip(PORT_NAMES, process.free_ports(len(PORT_NAMES))):
            setattr(self, name + '_port', port)
        self._etc = self._folder('etc')
        self._folder('spool')
        os.chown(self._folder('data'), pwd.getpwnam('postfix').pw_uid, -1)
        self._write_recipients(dovecot)
        certificate = certificate or dovecot.certificate
        words = {'DIR': self.directory, 'LMTP': dovecot.lmtp_port, 'SASL': dovecot.sasl_port,
                 'CERTIFICATE': certificate.certificate, 'KEY': certificate.key,
                 'LIMIT': size_limit_bytes, 'EXTRA': extra,
                 **{name.upper(): getattr(self, name + '_port') for name in PORT_NAMES}}
        for name in ('main.cf', 'master.cf'):
            self._write_from(name, words)
        self._master = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *unused):
        self.close()

    def start(self):
        subprocess.run([program('postfix'), '-c', self._etc, 'check'], check=True,
                       stdin=subprocess.DEVNULL, capture_output=True,
                       env=process.clean_environment())
        self._master = process.start(['/usr/lib/postfix/sbin/master', '-c', self._etc, '-d'],
                                     stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                     env=process.clean_environment())
        process.wait_until(lambda: process.is_listening(self.submission_port) and
                           process.is_listening(self.submissions_port), 'Postfix')

    def stop(self):
        """Stops the server; its queue and its ports stay."""
        process.stop(self._master)
        self._master = None

    def restart(self):
        self.stop()
        self.start()

    def close(self):
        self.stop()
        process.remove_directory(self.directory)

    def log(self):
        try:
            with open(os.path.join(self.directory, 'spool', 'maillog'), encoding='utf-8',
                      errors='replace') as file:
                return file.read()
        except FileNotFoundError:
            return ''

    def environment(self):
        """Returns what a test program in C is told about this server."""
        return {'PIPIT_TEST_SUBMISSION_PORT': str(self.submission_port),
                'PIPIT_TEST_SUBMISSIONS_PORT': str(self.submissions_port)}

    def _folder(self, name):
        path = os.path.join(self.directory, name)
        os.makedirs(path, exist_ok=True)
        return path

    def _write_recipients(self, dovecot):
        with open(os.path.join(self._etc, 'recipients'), 'w', encoding='utf-8') as file:
            for user in dovecot.users:
                file.write(f'{dovecot.address(user)} 1\n')

    def _write_from(self, name, words):
        with open(os.path.join(HERE, f'postfix-{name}.in'), encoding='utf-8') as file:
            text = re.sub(r'@([A-Z]+)@', lambda match: str(words.get(match[1], match[0])),
                          file.read())
        with open(os.path.join(self._etc, name), 'w', encoding='utf-8') as file:
            file.write(text)
