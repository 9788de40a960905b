"""pipitctl beside a running Pipit: what it wants is written down, shown at once, and carried out there."""

import json
import os
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

from servers import Desktop, Dovecot, messages, open_submission, process, tap
from ui.person import Person

BUILD = os.environ['PIPIT_TEST_BUILD_ROOT']
PIPIT = os.path.join(BUILD, 'src', 'pipit')
PIPITCTL = os.path.join(BUILD, 'src', 'tool', 'pipitctl')
DONE, USAGE, NOT_REACHABLE, IN_USE = 0, 2, 5, 7


class BesideTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.room = Desktop(1180, 760)
        cls.room.__enter__()
        cls.dovecot = Dovecot()
        cls.dovecot.start()
        cls.submission = open_submission(cls.dovecot)
        cls.submission.start()
        cls.directory = tempfile.mkdtemp(prefix='pipit-beside-')
        cls.profile = os.path.join(cls.directory, 'profile')
        made = []
        for number in range(6):
            message = messages.blank(messages.random.Random(number), number, f'Letter {number}')
            message.set_content('Kind regards\n')
            made.append(message.as_bytes())
        cls.dovecot.save('alice', 'INBOX', made)
        password_file = os.path.join(cls.directory, 'password')
        with open(password_file, 'w', encoding='ascii') as file:
            file.write('alicepw\n')
        cls.tool('account', 'add', 'alice@example.test', '--username', 'alice',
                 '--imap', f'127.0.0.1:{cls.dovecot.imaps_port}:tls',
                 '--smtp', f'127.0.0.1:{cls.submission.submissions_port}:tls',
                 '--certificate', cls.dovecot.certificate.certificate,
                 '--password-command', f'cat {password_file}')
        cls.person = Person(cls.room, [PIPIT, '--profile', cls.profile])
        cls.person.start()
        cls.person.find('list item', 'Letter 0')
        cls.person.focus_window()
        cls.ids = {row['subject']: str(row['id']) for row in cls.tool('list', 'inbox')[1]}

    @classmethod
    def tearDownClass(cls):
        cls.person.close()
        cls.submission.close()
        cls.dovecot.close()
        cls.room.__exit__()
        process.remove_directory(cls.directory)

    @classmethod
    def tool(cls, *arguments, bus=True):
        environment = cls.room.environment()
        if not bus:
            environment['DBUS_SESSION_BUS_ADDRESS'] = 'unix:path=/nowhere'
        done = subprocess.run([PIPITCTL, '--profile', cls.profile, '--json', *arguments],
                              capture_output=True, text=True, env=environment, timeout=60, check=False)
        return done.returncode, json.loads(done.stdout) if done.stdout else done.stderr

    def flags(self, subject, folder='INBOX'):
        imap = self.dovecot.imap('alice')
        imap.select(folder, readonly=True)
        found = imap.uid('SEARCH', 'SUBJECT', f'"{subject}"')[1][0].split()
        answer = imap.uid('FETCH', found[0], '(FLAGS)')[1][0].decode() if found else None
        imap.logout()
        return answer

    def test_flag(self):
        self.assertEqual(self.tool('flag', self.ids['Letter 1'], '--add', 'starred')[0], DONE)
        self.assertIn('\\Flagged', self.flags('Letter 1'))
        self.person.find('push button', 'Remove Star')

    def test_move_and_delete(self):
        code, outcome = self.tool('move', self.ids['Letter 2'], 'archive')
        self.assertEqual((code, outcome[0]['done']), (DONE, True))
        self.assertIsNone(self.flags('Letter 2'))
        self.assertIsNotNone(self.flags('Letter 2', 'Archive'))
        self.person.wait_until_gone('list item', 'Letter 2')
        self.assertEqual(self.tool('delete', self.ids['Letter 3'])[0], DONE)
        self.assertIsNotNone(self.flags('Letter 3', 'Trash'))
        self.person.wait_until_gone('list item', 'Letter 3')

    def test_later_wakes_it_too(self):
        self.assertEqual(self.tool('flag', self.ids['Letter 4'], '--add', 'answered', '--later')[0], DONE)
        process.wait_until(lambda: '\\Answered' in self.flags('Letter 4'), 'the flag')

    def test_send(self):
        path = os.path.join(self.directory, 'message.eml')
        with open(path, 'w', encoding='ascii') as file:
            file.write('From: alice@example.test\nTo: bob@example.test\nSubject: From beside\n'
                       'Message-ID: <beside@example.test>\n\nHello\n')
        code, outcome = self.tool('send', path)
        self.assertEqual((code, outcome['state']), (DONE, 'filed'))
        process.wait_until(lambda: '<beside@example.test>' in self.dovecot.message_ids('bob', 'INBOX'),
                           'the delivery')
        self.assertEqual(self.dovecot.message_ids('alice', 'Sent').count('<beside@example.test>'), 1)

    def test_sync(self):
        message = messages.blank(messages.random.Random(9), 9, 'Came later')
        message.set_content('Kind regards\n')
        self.dovecot.save('alice', 'Drafts', [message.as_bytes()])
        code, outcome = self.tool('sync')
        self.assertEqual((code, outcome[0]['done'], outcome[0]['error']), (DONE, True, None))
        self.assertGreaterEqual(outcome[0]['folders'], 5)
        self.assertIn('Came later', [row['subject'] for row in self.tool('list', 'drafts')[1]])
        self.assertEqual(self.tool('sync', '--folder', 'inbox')[0], DONE)
        self.assertNotEqual(self.tool('sync', '--folder', 'nowhere')[0], DONE)

    def test_without_a_bus_it_is_kept(self):
        code, outcome = self.tool('flag', self.ids['Letter 5'], '--add', 'starred', bus=False)
        self.assertEqual(code, IN_USE)
        self.assertFalse(outcome[0]['done'])
        self.assertNotIn('\\Flagged', self.flags('Letter 5'))
        self.assertEqual(self.tool('sync', bus=False)[0], IN_USE)
        self.assertEqual(self.tool('account', 'remove', 'alice@example.test')[0], IN_USE)
        self.assertEqual(self.tool('sync')[0], DONE)
        self.assertIn('\\Flagged', self.flags('Letter 5'))

    def test_zz_server_away(self):
        self.dovecot.stop()
        try:
            code, outcome = self.tool('flag', self.ids['Letter 0'], '--add', 'starred')
            self.assertEqual(code, NOT_REACHABLE)
            self.assertFalse(outcome[0]['done'])
        finally:
            self.dovecot.start()
        self.person.focus_window()
        self.person.key('F5')
        process.wait_until(lambda: '\\Flagged' in self.flags('Letter 0'), 'the flag', 60)


if __name__ == '__main__':
    tap.main()
