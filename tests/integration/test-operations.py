"""What a person does reaches a real Dovecot: looked at there by imaplib, which is not ours."""

import re
import unittest

from servers import Dovecot, tap
from sync_client import SyncClient

SEEN, FLAGGED, ANSWERED, DELETED, JUNK = 1, 2, 4, 32, 64


def message(number):
    return (f'From: Person <person{number}@people.example>\r\nTo: alice@example.test\r\n'
            f'Subject: Message {number}\r\nMessage-ID: <m{number}@people.example>\r\n'
            f'Date: Mon, 13 Nov 2023 10:{number % 60:02}:00 +0000\r\n\r\nHello {number}\r\n').encode()


def ids(*numbers):
    return ','.join(f'm{number}@people.example' for number in numbers)


def on_server(imap, folder):
    """The messages of a folder by their number: a list of each one's flags."""
    imap.select(f'"{folder}"', readonly=True)
    found = {}
    for item in imap.uid('FETCH', '1:*', '(FLAGS BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])')[1]:
        if isinstance(item, tuple):
            number = int(re.search(rb'<m(\d+)@', item[1])[1])
            flags = re.search(rb'FLAGS \(([^)]*)\)', item[0])[1].decode().split()
            found.setdefault(number, []).append(set(flags) - {'\\Recent'})
    return found


class OperationsTest(unittest.TestCase):
    maxDiff = 2000
    extra = ''
    capabilities = None

    def setUp(self):
        users = 'alice'
        extra = self.extra
        if self.capabilities is not None:
            extra += f'\nimap_capability = {self.capabilities}\n'
        self.dovecot = Dovecot(users={users: 'pw'}, extra=extra)
        self.addCleanup(self.dovecot.close)
        self.dovecot.start()
        self.dovecot.save('alice', 'INBOX', [message(n) for n in range(1, 11)])
        self.imap = self.dovecot.imap('alice')
        self.client = SyncClient(self.dovecot, 'alice')
        self.addCleanup(self.client.close)
        self.assertNotIn('error', self.client.sync())

    def change(self, *words):
        answer = self.client.command('change', *words)
        self.assertNotIn('error', answer)
        self.assertGreater(answer['change'], 0)
        return answer['change']

    def settle(self):
        answer = self.client.command('settle')
        self.assertNotIn('error', answer)
        return answer['operations']

    def server(self, folder):
        return on_server(self.imap, folder)

    def shown(self, folder):
        return sorted(int(re.match(r'm(\d+)@', row['message_id'])[1])
                      for row in self.client.dump()[folder]['messages'])

    def states(self):
        return [operation['state'] for operation in self.client.command('operations')['operations']]

    def assert_equal_to_server(self):
        """What is shown is what the server has, before and after another sync."""
        for _ in range(2):
            for folder in ('INBOX', 'Archive', 'Trash', 'Junk', 'Sent'):
                there = self.server(folder)
                numbers = sorted(number for number, copies in there.items()
                                 for flags in copies if '\\Deleted' not in flags)
                self.assertEqual(self.shown(folder), numbers, folder)
            self.assertNotIn('error', self.client.sync())


class CommonTests:
    def test_flags(self):
        self.change('flags', 'INBOX', ids(1, 2, 3), SEEN | FLAGGED, 0)
        self.change('flags', 'INBOX', ids(2), 0, FLAGGED)
        self.change('flags', 'INBOX', ids(3), 0, 0, 'Holiday')
        self.settle()
        there = self.server('INBOX')
        self.assertEqual(there[1], [{'\\Seen', '\\Flagged'}])
        self.assertEqual(there[2], [{'\\Seen'}])
        self.assertEqual(there[3], [{'\\Seen', '\\Flagged', 'Holiday'}])
        self.assertEqual(there[4], [set()])
        self.assert_equal_to_server()

    def test_archive_delete_and_junk(self):
        self.change('archive', 'INBOX', ids(1, 2))
        self.change('delete', 'INBOX', ids(3))
        self.change('junk', 'INBOX', ids(4))
        self.assertEqual(self.shown('Archive'), [1, 2])
        self.assertEqual(self.shown('INBOX'), [5, 6, 7, 8, 9, 10])
        self.settle()
        self.assertEqual(sorted(self.server('Archive')), [1, 2])
        self.assertEqual(sorted(self.server('Trash')), [3])
        self.assertEqual(self.server('Junk'), {4: [{'$Junk'}]})
        self.assert_equal_to_server()

    def test_copy(self):
        self.change('copy', 'INBOX', ids(1, 2), 'Archive')
        self.settle()
        self.assertEqual(sorted(self.server('Archive')), [1, 2])
        self.assertEqual(len(self.server('INBOX')), 10)
        self.assert_equal_to_server()

    def test_delete_for_good(self):
        self.change('delete', 'INBOX', ids(1, 2))
        self.settle()
        self.change('expunge', 'Trash', ids(1))
        self.settle()
        there = self.server('Trash')
        self.assertEqual(there[2], [set()])
        if self.has_uidplus:
            self.assertNotIn(1, there)
        else:
            self.assertEqual(there[1], [{'\\Deleted'}])
        self.assert_equal_to_server()

    def test_what_others_have_marked_deleted_stays(self):
        self.imap.select('INBOX')
        self.imap.uid('STORE', '9', '+FLAGS', '(\\Deleted)')
        self.change('archive', 'INBOX', ids(1))
        self.settle()
        self.assertEqual(self.server('INBOX')[9], [{'\\Deleted'}])

    def test_a_message_is_acted_on_while_it_moves(self):
        self.change('archive', 'INBOX', ids(1))
        self.change('flags', 'Archive', ids(1), FLAGGED, 0)
        self.change('move', 'Archive', ids(1), 'Junk')
        self.assertEqual(self.shown('Junk'), [1])
        self.settle()
        self.assertEqual(self.server('Junk'), {1: [{'\\Flagged'}]})
        self.assertEqual(set(self.states()), {'done'})
        self.assert_equal_to_server()

    def test_undo_before_it_was_sent(self):
        change = self.change('delete', 'INBOX', ids(1, 2))
        self.assertNotIn('error', self.client.command('undo', change))
        self.assertEqual(self.shown('INBOX'), list(range(1, 11)))
        self.settle()
        self.assertEqual(len(self.server('INBOX')), 10)
        self.assertEqual(self.server('Trash'), {})
        self.assert_equal_to_server()

    def test_undo_after_it_was_sent(self):
        read = self.change('flags', 'INBOX', ids(1), SEEN, 0)
        self.settle()
        all_read = self.change('flags', 'INBOX', '*', SEEN, 0)
        moved = self.change('archive', 'INBOX', ids(2, 3))
        self.settle()
        self.assertNotIn('error', self.client.command('undo', moved))
        self.assertNotIn('error', self.client.command('undo', all_read))
        self.settle()
        there = {number: copies for number, copies in self.server('INBOX').items()
                 if copies != [{'\\Deleted'}]}
        there = {number: [flags for flags in copies if '\\Deleted' not in flags]
                 for number, copies in there.items()}
        self.assertEqual(sorted(there), list(range(1, 11)))
        self.assertEqual(there[1], [{'\\Seen'}])
        self.assertEqual(there[5], [set()])
        self.assertIsNotNone(read)
        self.assert_equal_to_server()


class DovecotTest(CommonTests, OperationsTest):
    has_uidplus = True


if __name__ == '__main__':
    tap.main()
