"""The wizard as a person meets it: an account set up, and every failure with its own words."""

import os
import socket
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

from servers import Authority, Desktop, Dovecot, ScriptedServer, open_submission, scripted, tap
from servers import process
from ui.person import Person

PIPIT = os.environ['PIPIT_TEST_PIPIT']
PICTURES = os.environ.get('PIPIT_TEST_PICTURES')


class WizardTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.room = Desktop(700, 900)
        cls.room.__enter__()
        cls.dovecot = Dovecot()
        cls.dovecot.start()
        cls.submission = open_submission(cls.dovecot)
        cls.submission.start()
        cls.extra = []

    @classmethod
    def tearDownClass(cls):
        cls.submission.close()
        cls.dovecot.close()
        cls.room.__exit__()

    def setUp(self):
        self.profile = tempfile.mkdtemp(prefix='pipit-wizard-')
        self.person = Person(self.room, [PIPIT, '--profile', self.profile])
        self.person.start()
        self.person.find('label', 'Welcome to Pipit')
        self.person.focus_window()

    def tearDown(self):
        self.person.close()
        process.remove_directory(self.profile)

    def picture(self, name):
        if PICTURES:
            self.person.screenshot(os.path.join(PICTURES, f'wizard-{name}.png'))

    def enter(self, address='alice@example.test', password='alicepw', imap=None, smtp=None,
              security='TLS', name='alice'):
        """Types everything, with the servers set by hand."""
        person = self.person
        person.fill('text', 'Your name', 'Alice Example')
        person.fill('text', 'E-mail address', address)
        person.fill('text', 'Password', password)
        person.find('label', 'A provider that Pipit does not know')
        person.activate('push button', 'Continue')
        person.find('label', 'only guessed')
        host, port = imap or ('localhost', self.dovecot.imaps_port)
        self.set_server('receiving', host, port, security, name)
        host, port = smtp or ('localhost', self.submission.submissions_port)
        self.set_server('sending', host, port, 'TLS', name)

    def set_server(self, which, host, port, security, name):
        titles = {'receiving': ('Server for receiving (IMAP)', 'Port for receiving',
                                'Name to sign in with, for receiving'),
                  'sending': ('Server for sending (SMTP)', 'Port for sending',
                              'Name to sign in with, for sending')}[which]
        if security != 'TLS':
            self.choose_security(which, security)
        for title, text in zip(titles, (host, str(port), name)):
            self.type_into(title, text)

    def type_into(self, title, text):
        """Puts text into a field by keys alone, wherever the page is scrolled to."""
        field = self.person.find('text', title)
        self.person.focus(field)
        self.person.key('ctrl+a')
        self.person.type(text)

    def choose_security(self, which, security):
        row = self.person.find(None, f'Security for {which}')
        self.person.focus(row)
        self.person.key('space')
        self.person.key('Down')
        self.person.key('Return')

    def test_account_is_set_up(self):
        self.enter()
        self.person.activate('push button', 'Continue')
        self.trust()
        self.trust()
        self.person.find('label', 'Your mail is on its way')
        self.picture('done')
        self.person.activate('push button', 'Read Mail')
        self.person.wait_until_gone('label', 'Your mail is on its way')
        settings = read_all(self.profile)
        self.assertIn(b'alice@example.test', settings)
        self.assertNotIn(b'alicepw', settings, 'the password lies in a file')

    def trust(self):
        """Looks at the certificate of the test's own authority, and trusts it."""
        person = self.person
        person.find('label', 'Nobody known vouches for localhost')
        self.picture('certificate-problem')
        person.activate('push button', 'View the Certificate')
        person.find('label', 'This computer does not know who issued it')
        self.picture('certificate')
        person.activate('push button', 'Trust This Certificate')

    def expect(self, title, remedy, picture):
        person = self.person
        person.activate('push button', 'Continue')
        person.find('label', title, timeout_s=40)
        person.find('push button', remedy)
        self.picture(picture)
        shown = person.all_text()
        self.assertNotIn('alicepw', shown)

    def test_wrong_password(self):
        self.enter(password='wrong')
        self.person.activate('push button', 'Continue')
        self.trust()
        self.person.find('label', 'The name or the password is wrong.')
        self.person.find('push button', 'Enter the Password Again')
        self.picture('wrong-password')
        self.assertNotIn('wrong', self.person.text(self.open_details()))

    def open_details(self):
        self.person.activate(None, 'Show details')
        return self.person.find('text', 'What was said')

    def test_wrong_host(self):
        self.enter(imap=('no-such-host.invalid', 993))
        self.expect('There is no server named no-such-host.invalid', 'Change the Settings',
                    'wrong-host')

    def test_closed_port(self):
        port = process.free_ports(1)[0]
        self.enter(imap=('localhost', port))
        self.expect('localhost does not accept connections', 'Change the Settings', 'closed-port')

    def test_plain_port_asked_for_tls(self):
        self.enter(imap=('localhost', self.dovecot.imap_port))
        self.expect('localhost does not speak TLS on this port', 'with STARTTLS', 'plain-port')

    def with_certificate(self, certificate):
        server = Dovecot(certificate=certificate)
        server.start()
        self.addCleanup(server.close)
        return server

    def test_expired_certificate(self):
        server = self.with_certificate(Authority.expired)
        self.enter(imap=('localhost', server.imaps_port))
        self.expect('The certificate of localhost has expired', 'View the Certificate', 'expired')

    def test_self_signed_certificate(self):
        server = self.with_certificate(Authority.self_signed)
        self.enter(imap=('localhost', server.imaps_port))
        self.expect('The server localhost vouches for itself', 'View the Certificate',
                    'self-signed')

    def test_silent_server(self):
        with socket.create_server(('127.0.0.1', 0)) as silent:
            self.enter(imap=('localhost', silent.getsockname()[1]))
            self.expect('said nothing', 'Try Again', 'silent')

    def test_provider_is_known(self):
        person = self.person
        person.fill('text', 'E-mail address', 'mara@runbox.com')
        person.find('label', 'Runbox · settings known')
        person.find('label', 'Signs in with the part before the @')
        self.picture('runbox')
        person.fill('text', 'E-mail address', 'mara@tampabay.rr.com')
        person.find('label', 'Bright House')


def read_all(directory):
    found = b''
    for folder, _folders, files in os.walk(directory):
        for name in files:
            with open(os.path.join(folder, name), 'rb') as file:
                found += file.read()
    return found


if __name__ == '__main__':
    tap.main()
