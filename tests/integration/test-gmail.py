"""The engine against a scripted server with Gmail's extensions and habits."""

import re
import shutil
import tempfile
import unittest

from servers import Authority, tap
from servers.gmail import ALL, SENT, SPAM, TRASH, Gmail, letter
from sync_client import SyncClient

SEEN, FLAGGED = 1, 2


def ids(*numbers):
    return ','.join(f'm{number}@people.example' for number in numbers)


class GmailTest(unittest.TestCase):
    maxDiff = 2000
    options = {}

    @classmethod
    def setUpClass(cls):
        directory = tempfile.mkdtemp(prefix='pipit-gmail-')
        cls.addClassCleanup(shutil.rmtree, directory)
        cls.authority = Authority(directory)

    def setUp(self):
        self.gmail = self.enterContext(Gmail(**self.options))
        self.gmail.ca_file = self.authority.ca_file
        self.gmail.create('Work')
        self.gmail.create('Work/Plans')
        self.m = {}
        for number in range(1, 31):
            labels = ['INBOX'] if number > 20 else []
            labels += ['Work'] if number % 3 == 0 else []
            labels += [SENT] if number == 2 else []
            self.m[number] = self.gmail.deliver(letter(number), *labels)
        self.m[31] = self.gmail.deliver(letter(31), place=TRASH)
        self.m[32] = self.gmail.deliver(letter(32), place=SPAM)
        self.client = self.start()

    def start(self, **options):
        client = SyncClient(self.gmail, self.gmail.user, security='none', **options)
        self.addCleanup(client.close)
        return client

    def sync(self, bodies='none'):
        answer = self.client.sync(bodies=bodies)
        self.assertNotIn('error', answer)
        return answer

    def change(self, *words):
        answer = self.client.command('change', *words)
        self.assertNotIn('error', answer)
        self.assertGreater(answer['change'], 0)
        return answer['change']

    def undo(self, change):
        self.assertNotIn('error', self.client.command('undo', change))

    def settle(self):
        self.assertNotIn('error', self.client.command('settle'))

    def rows(self, folder):
        return {row['message_id'].split('@')[0]: row for row in self.client.dump()[folder]['messages']}

    def shown(self, folder):
        """Numbers of the messages that are shown in a folder, each as often as it is."""
        return sorted(int(re.match(r'm(\d+)@', row['message_id'])[1])
                      for row in self.client.dump()[folder]['messages'])

    def there(self, folder):
        return sorted(int(re.match(r'm(\d+)@', name)[1]) for name in self.gmail.names(folder))

    def assert_equal_to_server(self):
        """What is shown is what the server has, before and after another sync."""
        for _ in range(2):
            self.assertEqual({name: self.shown(name) for name in self.gmail.folders},
                             {name: self.there(name) for name in self.gmail.folders})
            self.sync()

    def assert_no_expunge(self, *but):
        """Nothing was expunged where that only takes a label away."""
        folder = None
        for command in self.gmail.commands:
            if command.startswith('SELECT'):
                folder = command.split(' ', 1)[1]
            if folder not in (TRASH, *but):
                self.assertNotRegex(command, r'EXPUNGE|CLOSE|Deleted')


class FirstSyncTest(GmailTest):
    def test_each_header_and_each_body_comes_once(self):
        self.sync(bodies='all')
        self.assert_equal_to_server()
        everything = {f'm{number}@people.example': 1 for number in range(1, 33)}
        self.assertEqual(self.gmail.headers, everything)
        self.assertEqual(self.gmail.bodies, everything)

    def test_a_message_is_one_in_all_its_folders(self):
        self.sync(bodies='all')
        rows = {name: self.rows(name) for name in ('INBOX', 'Work', ALL)}
        messages = {rows[name]['m24']['message'] for name in rows}
        self.assertEqual(len(messages), 1)
        for name in rows:
            answer = self.client.body(name, rows[name]['m24']['uid'], 'whole')
            self.assertEqual(answer['bytes'], self.m[24].raw)
        self.assertEqual(self.gmail.bodies['m24@people.example'], 1)


class LargeFirstSyncTest(GmailTest):
    def test_in_several_windows_each_header_comes_once(self):
        for number in range(100, 700):
            self.gmail.deliver(letter(number), *(['INBOX'] if number % 50 == 0 else []),
                               *(['Work'] if number % 2 else []))
        self.sync()
        self.assert_equal_to_server()
        self.assertEqual(set(self.gmail.headers.values()), {1})
        self.assertEqual(len(self.gmail.headers), 632)

    def test_live_the_labels_wait_for_all_mail(self):
        for number in range(100, 400):
            self.gmail.deliver(letter(number), 'Work')
        self.client.command('live')
        self.client.wait_until(
            lambda: self.client.dump().get('[Gmail]/Trash', {'state': 0})['state'] == 2 and
            self.client.dump()['Work']['state'] == 2, 'the first sync')
        self.assertEqual(set(self.gmail.headers.values()), {1})


class ObjectIdTest(GmailTest):
    """The same for copies that EMAILID tells of."""
    options = {'without': ['X-GM-EXT-1'], 'more': ['OBJECTID']}

    def test_what_is_moved_by_another_client_is_not_fetched_again(self):
        self.sync()
        self.assert_equal_to_server()
        self.gmail.headers.clear()
        self.gmail.label(self.m[22], 'Work/Plans', remove=['INBOX'])
        self.gmail.deliver(letter(40), 'Work/Plans')
        self.sync()
        self.assert_equal_to_server()
        self.assertEqual(self.gmail.headers, {'m40@people.example': 1})
        self.assertEqual(self.rows('Work/Plans')['m22']['message'],
                         self.rows('[Gmail]/All Mail')['m22']['message'])


if __name__ == '__main__':
    tap.main()
