"""pipitctl flag, move, delete: what arrives at the server, and what waits when it is away."""

import sys

import toolrun
from mailtest import ADDRESS, MailTest
from servers import tap
from toolrun import FAILED, NOT_REACHABLE, USAGE


class Change(MailTest):
    def setUp(self):
        super().setUp()
        self.dovecot.fill('alice', 'INBOX', 6)
        self.account()
        self.done('sync', '--bodies', 'none')
        self.rows = self.done('list', 'inbox')

    def ids(self, first, last):
        return [str(row['id']) for row in self.rows[first:last]]

    def flags_on_server(self):
        """Flags by UID in the inbox."""
        client = self.dovecot.imap('alice')
        client.select('INBOX', readonly=True)
        _, answers = client.uid('FETCH', '1:*', '(FLAGS)')
        client.logout()
        found = {}
        for answer in answers:
            text = answer.decode()
            words = text[text.index('FLAGS (') + 7:].split(')')[0].split()
            found[int(text.split('UID ')[1].split()[0].rstrip(')'))] = set(words)
        return found

    def count(self, folder):
        return len(self.dovecot.message_ids('alice', folder))

    def test_flags_arrive(self):
        changed = self.done('flag', *self.ids(0, 2), '--add', 'starred', '--add', 'Errand',
                            '--remove', 'read')
        self.assertEqual([(one['messages'], one['done'], one['failures']) for one in changed],
                         [(2, True, [])])
        flags = self.flags_on_server()
        for row in self.rows[:2]:
            self.assertLessEqual({'\\Flagged', 'Errand'}, flags[row['uid']])
            self.assertNotIn('\\Seen', flags[row['uid']])
        for row in self.rows[2:]:
            self.assertNotIn('\\Flagged', flags[row['uid']])
        starred = self.done('list', 'inbox', '--starred')
        self.assertEqual({row['id'] for row in starred}, {row['id'] for row in self.rows[:2]})
        self.assertEqual(self.done('status')[0]['operations'], [])

    def test_flags_that_make_no_sense(self):
        one = self.ids(0, 1)[0]
        for arguments in ([one], [one, '--add', 'two words'], [one, '--add', '\\Deleted'], ['x', '--add', 'read'],
                          ['--add', 'read'], [one, '--add', '\\Nonsense']):
            with self.subTest(arguments=arguments):
                self.assertExit(self.run_tool('flag', *arguments), USAGE)
        self.assertExit(self.run_tool('flag', one, '424242', '--add', 'starred'), FAILED)
        self.assertEqual(self.done('list', 'inbox', '--starred'), [])

    def test_move(self):
        self.done('move', *self.ids(0, 2), 'archive')
        self.assertEqual((self.count('INBOX'), self.count('Archive')), (4, 2))
        self.assertEqual(len(self.done('list', 'Archive')), 2)
        self.assertEqual(len(self.done('list', 'inbox')), 4)
        self.assertExit(self.run_tool('move', self.ids(2, 3)[0], 'Nowhere'), FAILED)
        self.assertExit(self.run_tool('move', self.ids(2, 3)[0]), USAGE)
        self.assertEqual(self.count('INBOX'), 4)

    def test_delete_and_delete_for_good(self):
        self.done('delete', *self.ids(0, 3))
        self.assertEqual((self.count('INBOX'), self.count('Trash')), (3, 3))
        self.done('delete', self.ids(3, 4)[0], '--for-good')
        self.assertEqual((self.count('INBOX'), self.count('Trash')), (2, 3))
        self.done('delete', str(self.done('list', 'trash')[0]['id']))
        self.assertEqual((self.count('INBOX'), self.count('Trash')), (2, 2))
        self.done('sync')
        self.assertEqual((len(self.done('list', 'inbox')), len(self.done('list', 'trash'))), (2, 2))

    def test_without_a_server_the_change_is_kept(self):
        self.dovecot.stop()
        result = self.run_tool('--json', 'flag', *self.ids(0, 1), '--add', 'starred')
        self.assertExit(result, NOT_REACHABLE)
        self.assertFalse(result.json()[0]['done'])
        self.assertEqual(len(self.done('list', 'inbox', '--starred')), 1)
        waiting = self.done('status')[0]['operations']
        self.assertEqual([(one['kind'], one['state']) for one in waiting], [('flags', 'waiting')])
        refused = self.run_tool('account', 'remove', ADDRESS)
        self.assertExit(refused, FAILED)
        self.assertIn('--force', refused.err)
        self.dovecot.start()
        self.done('sync')
        self.assertIn('\\Flagged', self.flags_on_server()[self.rows[0]['uid']])
        self.assertEqual(self.done('status')[0]['operations'], [])

    def test_later_needs_no_server_and_no_password(self):
        self.dovecot.stop()
        self.done('flag', *self.ids(0, 1), '--add', 'starred', '--later')
        self.done('move', *self.ids(1, 2), 'archive', '--later')
        self.assertEqual(len(self.done('list', 'inbox')), 5)
        self.assertEqual(len(self.done('status')[0]['operations']), 2)
        self.dovecot.start()
        self.done('sync')
        self.assertEqual((self.count('INBOX'), self.count('Archive')), (5, 1))


if __name__ == '__main__':
    toolrun.ToolTest.program = sys.argv[1]
    sys.argv = sys.argv[:1]
    tap.main()
