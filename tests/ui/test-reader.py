"""The reader as a person meets it: conversations, HTML, files, text."""

import imaplib
import os
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

from servers import Desktop, Dovecot, open_submission, process, tap
from ui import reader_messages
from ui.person import Person

BUILD = os.environ['PIPIT_TEST_BUILD_ROOT']
PIPIT = os.path.join(BUILD, 'src', 'pipit')
PIPITCTL = os.path.join(BUILD, 'src', 'tool', 'pipitctl')
PICTURES = os.environ.get('PIPIT_TEST_PICTURES')


class ReaderTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.room = Desktop(1280, 860)
        cls.room.__enter__()
        cls.dovecot = Dovecot()
        cls.dovecot.start()
        cls.submission = open_submission(cls.dovecot)
        cls.submission.start()
        cls.directory = tempfile.mkdtemp(prefix='pipit-reader-')
        cls.profile = os.path.join(cls.directory, 'profile')
        cls.saved = os.path.join(cls.directory, 'saved')
        os.mkdir(cls.saved)
        cls.fill()
        cls.add_account()
        scheme = {'ADW_DEBUG_COLOR_SCHEME': os.environ.get('PIPIT_TEST_SCHEME', 'default')}
        cls.person = Person(cls.room, [PIPIT, '--profile', cls.profile], scheme)
        cls.person.start()
        cls.person.find('list item', 'This week on the water')
        cls.person.focus_window()
        cls.person.resize(1280, 860)

    @classmethod
    def tearDownClass(cls):
        cls.person.close()
        cls.submission.close()
        cls.dovecot.close()
        cls.room.__exit__()
        process.remove_directory(cls.directory)

    @classmethod
    def fill(cls):
        imap = cls.dovecot.imap('alice')
        for source, flags, date in reader_messages.mailbox():
            imap.append('INBOX', f'({flags})', imaplib.Time2Internaldate(date), source)
        imap.logout()

    @classmethod
    def add_account(cls):
        password_file = os.path.join(cls.directory, 'password')
        with open(password_file, 'w', encoding='ascii') as file:
            file.write('alicepw\n')
        subprocess.run(
            [PIPITCTL, '--profile', cls.profile, 'account', 'add', 'alice@example.test',
             '--imap', f'127.0.0.1:{cls.dovecot.imaps_port}:tls', '--username', 'alice',
             '--smtp', f'127.0.0.1:{cls.submission.submissions_port}:tls',
             '--certificate', cls.dovecot.certificate.certificate,
             '--password-command', f'cat {password_file}'], check=True)

    def open(self, subject, sign=None):
        """Chooses a message in the list; waits for its subject above the conversation."""
        self.person.click('list item', subject)
        if sign:
            self.person.find(None, sign)
        time.sleep(1.5)

    def picture(self, name):
        if PICTURES:
            self.person.screenshot(os.path.join(PICTURES, f'reader-{name}.png'))

    def test_conversation(self):
        person = self.person
        self.open('Budget for the north pier', 'Open north-pier-budget.ods')
        self.picture('conversation')
        self.assertIsNotNone(person.look('push button', '13 earlier messages'))
        self.assertIn('who signs for the harbour office?', person.all_text())
        self.assertNotIn('Line 3 of what was said before', person.all_text())
        person.click('push button', 'Show 12 Quoted Lines')
        person.wait(lambda: 'Line 3 of what was said before' in person.all_text(), 'the quote')
        self.picture('quote')

    def test_details(self):
        self.open('Budget for the north pier', 'Open north-pier-budget.ods')
        self.person.activate('push button', 'Details')
        self.person.find('label', 'Harbour Office <office@harbour.example>')
        self.picture('details')

    def test_file_is_saved(self):
        person = self.person
        self.open('Budget for the north pier', 'Open north-pier-budget.ods')
        target = os.path.join(self.saved, 'copy.ods')
        person.activate('push button', 'Save north-pier-budget.ods')
        time.sleep(1)
        person.focus_window()
        person.key('ctrl+a')
        person.type(target)
        person.key('Return')
        person.wait(lambda: os.path.exists(target) and os.path.getsize(target) > 0, 'the file')
        with open(target, 'rb') as file:
            self.assertEqual(file.read(), reader_messages.BUDGET)
        person.focus_window()

    def test_html(self):
        person = self.person
        self.open('This week on the water', '2 remote pictures are not loaded')
        self.picture('html')
        person.click('push button', 'This Message')
        time.sleep(0.5)
        person.key('Return')
        person.wait(lambda: 'This week on the water, as text.' in person.all_text(), 'the text')
        self.picture('html-as-text')

    def test_others(self):
        for name, subject in (('dark', 'For the night'), ('tall', 'A very long letter'),
                              ('growing', 'Taller and taller'), ('rtl', 'ميزانية'),
                              ('long', 'Raw readings'), ('invitation', 'Invitation: council')):
            with self.subTest(name):
                self.open(subject)
                self.picture(name)


if __name__ == '__main__':
    tap.main()
