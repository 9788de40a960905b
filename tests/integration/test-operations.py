"""What a person does reaches a real Dovecot: looked at there by imaplib, which is not ours."""

import re
import socket
import threading
import unittest

from servers import Dovecot, ScriptedServer, tap
from sync_client import SyncClient

SEEN, FLAGGED = 1, 2


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


class Poorer:
    """A Dovecot behind something that takes away from its answers what a pattern matches."""

    def __init__(self, dovecot, pattern):
        self.users, self.ca_file = dovecot.users, dovecot.ca_file
        self._dovecot, self._pattern = dovecot, re.compile(pattern)
        self._server = ScriptedServer(self._relay)
        self.imap_port = self._server.port

    def __enter__(self):
        self._server.__enter__()
        return self

    def __exit__(self, *unused):
        self._server.__exit__()

    def commands(self):
        return b''.join(peer.received for peer in self._server.peers).decode('utf-8', 'replace')

    def _relay(self, peer):
        with socket.create_connection(('127.0.0.1', self._dovecot.imap_port)) as server:
            threading.Thread(target=self._answer, args=(server.makefile('rb'), peer),
                             daemon=True).start()
            while True:
                server.sendall(peer.line().encode() + b'\r\n')

    def _answer(self, lines, peer):
        try:
            for line in lines:
                peer.send(self._pattern.sub(b'', line))
        except (OSError, ValueError):
            pass
        peer.close()


class OperationsTest(unittest.TestCase):
    maxDiff = 2000
    options = {}
    lacks = None
    has_move = True
    has_uidplus = True

    def setUp(self):
        self.dovecot = Dovecot(users={'alice': 'pw'}, **self.options)
        self.addCleanup(self.dovecot.close)
        self.dovecot.start()
        self.dovecot.save('alice', 'INBOX', [message(n) for n in range(1, 11)])
        self.imap = self.dovecot.imap('alice')
        self.poorer = None
        if self.lacks is not None:
            self.poorer = self.enterContext(Poorer(self.dovecot, self.lacks))
        self.client = SyncClient(self.poorer or self.dovecot, 'alice',
                                 security='none' if self.poorer else 'tls')
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
        if self.poorer is not None:
            self.assertRegex(self.poorer.commands(),
                             '(?i)UID MOVE' if self.has_move else '(?i)UID COPY')
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

    def test_one_in_the_trash_takes_no_other_with_it(self):
        self.change('delete', 'INBOX', ids(1))
        self.settle()
        self.change('delete', 'Trash+INBOX', ids(1, 2))
        self.settle()
        there = self.server('Trash')
        self.assertEqual(there[2], [set()])
        if self.has_uidplus:
            self.assertNotIn(1, there)
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

    def test_undo_of_junk_leaves_no_mark(self):
        junk = self.change('junk', 'INBOX', ids(1, 2))
        self.settle()
        self.assertEqual(self.server('Junk'), {1: [{'$Junk'}], 2: [{'$Junk'}]})
        self.assertNotIn('error', self.client.command('undo', junk))
        self.assertEqual(self.shown('Junk'), [])
        self.assertEqual(self.shown('INBOX'), list(range(1, 11)))
        self.settle()
        for number in (1, 2):
            kept = [flags for flags in self.server('INBOX')[number] if '\\Deleted' not in flags]
            self.assertEqual(kept, [set()])
        self.assertEqual(set(self.states()), {'done'})
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
    def test_offline_it_waits_and_goes_in_order(self):
        self.dovecot.stop()
        self.change('flags', 'INBOX', ids(1), FLAGGED, 0)
        self.change('archive', 'INBOX', ids(1, 2))
        self.change('flags', 'Archive', ids(2), SEEN, 0)
        self.assertIn('error', self.client.command('settle'))
        self.assertEqual(self.shown('Archive'), [1, 2])
        self.client.wait_until(lambda: self.client.command('status')['operations_waiting'] == 4,
                               'the status')
        self.dovecot.start()
        self.imap = self.dovecot.imap('alice')
        self.settle()
        self.assertEqual(self.server('Archive'), {1: [{'\\Flagged'}], 2: [{'\\Seen'}]})
        self.assert_equal_to_server()

    def test_a_refusal_is_told(self):
        self.imap.create('Short-lived')
        self.client.sync()
        self.imap.delete('Short-lived')
        self.change('move', 'INBOX', ids(1, 2), 'Short-lived')
        self.change('flags', 'Short-lived', ids(2), FLAGGED, 0)
        answer = self.client.command('settle')
        self.assertRegex(answer['error'], "“.*(doesn't exist|does not exist).*”")
        self.assertEqual(self.states(), ['refused', 'refused', 'done'])
        self.assertEqual(self.client.command('operations')['operations'][0]['answer'],
                         answer['error'])
        self.client.wait_until(lambda: self.client.command('status')['operations_refused'] == 2,
                               'the status')
        self.assertEqual(self.shown('INBOX'), list(range(1, 11)))
        self.assertEqual(self.server('INBOX')[2], [{'\\Flagged'}])

    def test_a_live_account_carries_on_when_the_network_is_back(self):
        client = SyncClient(self.dovecot, 'alice')
        self.addCleanup(client.close)
        client.command('live')
        client.wait_until(lambda: 'INBOX' in client.dump() and
                          len(client.dump()['INBOX']['messages']) == 10, 'the first sync')
        client.command('network', 'off')
        self.dovecot.stop()
        self.assertGreater(client.command('change', 'delete', 'INBOX', ids(3))['change'], 0)
        self.dovecot.start()
        client.command('network', 'on')
        client.wait_until(lambda: client.command('status')['operations_waiting'] == 0,
                          'the operation')
        self.imap = self.dovecot.imap('alice')
        self.assertEqual(sorted(self.server('Trash')), [3])

    def test_a_role_without_a_folder_gets_one(self):
        self.imap.unsubscribe('Archive')
        other = Dovecot(users={'alice': 'pw'})
        self.addCleanup(other.close)
        with open(other.config_file, encoding='utf-8') as file:
            text = file.read()
        text = re.sub(r'  mailbox Archive \{.*?\n  \}\n', '', text, flags=re.S)
        with open(other.config_file, 'w', encoding='utf-8') as file:
            file.write(text)
        other.start()
        other.save('alice', 'INBOX', [message(1)])
        client = SyncClient(other, 'alice')
        self.addCleanup(client.close)
        client.sync()
        self.assertNotIn('Archive', client.dump())
        self.assertGreater(client.command('change', 'archive', 'INBOX', ids(1))['change'], 0)
        self.assertNotIn('error', client.command('settle'))
        self.assertEqual(sorted(on_server(other.imap('alice'), 'Archive')), [1])


class WithoutMoveTest(CommonTests, OperationsTest):
    lacks = rb' MOVE(?= |\])'
    has_move = False

    def tearDown(self):
        self.assertNotRegex(self.poorer.commands(), r'(?i)\bUID MOVE\b')


class WithoutCopyUidTest(CommonTests, OperationsTest):
    """MOVE, and no word of where the messages are."""
    lacks = rb' UIDPLUS(?= |\])|\[COPYUID [^]]*\] '
    has_uidplus = False

    def test_delete_for_good(self):
        super().test_delete_for_good()
        self.assertNotRegex(self.poorer.commands(), r'(?i)\bEXPUNGE\b')


class WithoutUidPlusTest(CommonTests, OperationsTest):
    lacks = rb' (?:MOVE|UIDPLUS)(?= |\])|\[COPYUID [^]]*\] '
    has_move = has_uidplus = False

    def tearDown(self):
        self.assertNotRegex(self.poorer.commands(), r'(?i)\b(UID MOVE|EXPUNGE|CLOSE)\b')


if __name__ == '__main__':
    tap.main()
