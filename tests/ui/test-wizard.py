"""The wizard as a person meets it: an account set up, and every failure with its own words."""

import base64
import os
import socket
import tempfile
import unittest

from servers import Authority, Desktop, Dovecot, Keyring, open_submission, process, tap
from ui.person import Person
from ui.wizard import Wizard

PIPIT = os.environ['PIPIT_TEST_PIPIT']
PICTURES = os.environ.get('PIPIT_TEST_PICTURES')


def setUpModule():
    """One screen for all: libatspi stays with the first bus that it has seen."""
    WizardCase.room = unittest.enterModuleContext(Desktop(700, 900))
    WizardCase.dovecot = unittest.enterModuleContext(Dovecot())
    WizardCase.submission = unittest.enterModuleContext(open_submission(WizardCase.dovecot))


class WizardCase(unittest.TestCase):
    """A new profile for each test."""

    def setUp(self):
        self.profile = tempfile.mkdtemp(prefix='pipit-wizard-')
        self.addCleanup(process.remove_directory, self.profile)
        self.person = Person(self.room, [PIPIT, '--profile', self.profile])
        self.enterContext(self.person)
        self.wizard = Wizard(self.person)

    def picture(self, name):
        if PICTURES:
            self.person.screenshot(os.path.join(PICTURES, f'wizard-{name}.png'))

    def enter(self, **options):
        self.wizard.enter(self.dovecot, self.submission, **options)

    def open_details(self):
        self.person.activate(None, 'Show Details')
        return self.person.text(self.person.find('text', 'What was said'))

    def assert_no_password(self, password):
        """Neither in what shows nor in what was kept."""
        # AT-SPI gives the field's own text to those who ask for it: libadwaita 1.2 has no mask there
        shown = '\n'.join(self.person.name_and_text(widget) for widget in self.person.walk()
                          if widget.get_name() != 'Password')
        for encoded in (password, sasl_plain('alice', password)):
            self.assertNotIn(encoded, shown)
            self.assertNotIn(encoded.encode(), read_all(self.profile))


class WizardTest(WizardCase):
    def test_account_is_set_up(self):
        person = self.person
        self.picture('details')
        self.enter()
        self.picture('servers')
        self.wizard.begin()
        self.wizard.trust(self.picture)
        self.wizard.trust()
        person.find('label', 'Your mail is on its way')
        self.picture('done')
        person.activate('push button', 'Read Mail')
        person.wait_until_gone('label', 'Your mail is on its way')
        self.assertIn(b'alice@example.test', read_all(self.profile))
        self.assert_no_password('alicepw')
        # the next start asks nothing: the keyring has the password, the pins are kept
        person.close()
        person.start()
        person.find('list item', 'Inbox')
        self.assertIsNone(person.look('label', 'Welcome to Pipit'))

    def test_provider_is_known(self):
        person = self.person
        self.wizard.write('Mara', 'mara@runbox.com')
        person.find('label', 'Runbox · settings known')
        self.picture('runbox')
        person.key('shift+Tab')
        self.wizard.write('mara@gmail.com')
        person.find('label', 'Gmail')
        person.find('label', 'app password')
        self.picture('gmail')

    def test_what_is_missing_is_said(self):
        person = self.person
        self.wizard.enter_person('alice', 'x')
        person.key('Return')
        person.find('label', 'This is no e-mail address yet')
        # and the cursor is where it is to be mended
        person.key('ctrl+a')
        person.type('mara@runbox.com')
        self.assertEqual(self.wizard.content('E-mail address'), 'mara@runbox.com')
        person.wait_until_gone('label', 'This is no e-mail address yet')


class FailureTest(WizardCase):
    """Each failure ends on the test page with its own sentence and remedy."""

    def expect(self, title, remedy, picture):
        """The test fails with that sentence; returns the remedy's button."""
        self.wizard.begin()
        self.person.find('label', title, timeout_s=60)
        button = self.person.find('push button', remedy)
        self.picture(picture)
        self.person.wait(lambda: self.person.has_focus(self.person.look('label', title)),
                         'the focus to tell it')
        return button

    def with_certificate(self, certificate):
        return ('localhost', self.enterContext(Dovecot(certificate=certificate)).imaps_port)

    def test_wrong_password_is_mended(self):
        person = self.person
        self.enter(password='Tarantel')
        self.wizard.begin()
        self.wizard.trust()
        person.find('label', 'The name or the password is wrong.')
        self.picture('wrong-password')
        self.assertIn('AUTHENTICATE', self.open_details())
        self.picture('details')
        self.assert_no_password('Tarantel')
        person.activate('push button', 'Enter the Password Again')
        person.type('alicepw')
        person.key('Return')
        self.wizard.trust()
        person.find('label', 'Your mail is on its way')

    def test_wrong_host(self):
        self.enter(imap=('no-such-host.invalid', 993))
        edit = self.expect('There is no server named no-such-host.invalid.',
                           'Change the Settings', 'wrong-host')
        # the remedy leads to the very field
        self.person.activate(widget=edit)
        self.wizard.write('localhost')
        self.assertEqual(self.wizard.content('Server for receiving (IMAP)'), 'localhost')

    def test_closed_port(self):
        self.enter(imap=('localhost', process.free_ports(1)[0]))
        self.expect('localhost does not accept connections on this port.', 'Change the Settings',
                    'closed-port')

    def test_plain_port_asked_for_tls_is_mended(self):
        self.enter(imap=('localhost', self.dovecot.imap_port))
        remedy = self.expect('localhost does not speak TLS on this port.',
                             f'Try Port {self.dovecot.imap_port} with STARTTLS', 'plain-port')
        self.person.activate(widget=remedy)
        self.wizard.trust()
        self.wizard.trust()
        self.person.find('label', 'Your mail is on its way')

    def test_expired_certificate(self):
        self.enter(imap=self.with_certificate(Authority.expired))
        self.expect('The certificate of localhost has expired.', 'View the Certificate', 'expired')

    def test_self_signed_certificate(self):
        self.enter(imap=self.with_certificate(Authority.self_signed))
        self.expect('The server localhost vouches for itself.', 'View the Certificate',
                    'self-signed')

    def test_silent_server(self):
        with socket.create_server(('127.0.0.1', 0)) as silent:
            self.enter(imap=('localhost', silent.getsockname()[1]))
            self.expect('localhost took the connection and then said nothing.', 'Try Again',
                        'silent')

    def test_silent_server_can_be_stopped(self):
        with socket.create_server(('127.0.0.1', 0)) as silent:
            self.enter(imap=('localhost', silent.getsockname()[1]))
            self.wizard.begin()
            self.person.find('label', 'Connect, port')
            self.picture('testing')
            self.person.activate('push button', 'Stop')
            self.wizard.write('mail.example.test')
            self.assertEqual(self.wizard.content('Server for receiving (IMAP)'),
                             'mail.example.test')


class NoKeyringTest(WizardCase):
    """Nothing keeps the password: the person chooses, nothing is chosen for them."""

    @classmethod
    def setUpClass(cls):
        cls.room.keyring.close()

    @classmethod
    def tearDownClass(cls):
        cls.room.keyring = Keyring(cls.room.bus)
        cls.room.keyring.start()

    def test_password_is_used_for_this_run(self):
        person = self.person
        self.enter()
        self.wizard.begin()
        self.wizard.trust()
        self.wizard.trust()
        person.find('label', 'The password cannot be kept safely')
        self.picture('no-keyring')
        person.activate('push button', 'This Run Only')
        person.find('label', 'Your mail is on its way')
        person.activate('push button', 'Read Mail')
        person.find('list item', 'Inbox')
        self.assert_no_password('alicepw')
        # and the next start asks for it
        person.close()
        person.start()
        person.find('push button', 'Password')
        self.picture('asks-for-password')


def sasl_plain(name, password):
    return base64.b64encode(f'\0{name}\0{password}'.encode()).decode()


def read_all(directory):
    found = b''
    for folder, _folders, files in os.walk(directory):
        for name in files:
            with open(os.path.join(folder, name), 'rb') as file:
                found += file.read()
    return found


if __name__ == '__main__':
    tap.main()
