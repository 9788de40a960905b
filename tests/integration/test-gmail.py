"""The engine against a scripted server with Gmail's extensions and habits."""

import os
import re
import shutil
import tempfile
import unittest
import uuid

from servers import Authority, ScriptedServer, tap
from servers.gmail import ALL, SENT, SPAM, TRASH, Gmail, letter
from servers.scripted import smtp_answer
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
                folder = re.fullmatch(r'SELECT (.*?)( \(.*)?', command)[1]
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
        # the inbox may be followed and compared at a time
        self.assertEqual({number for name, number in self.gmail.headers.items()
                          if name not in self.gmail.names('INBOX')}, {1})


class LiveBodiesTest(GmailTest):
    def test_live_each_body_comes_once(self):
        for number in range(100, 400):
            self.gmail.deliver(letter(number, body='Hello ' * 800), 'INBOX', 'Work')
        self.client.command('live')
        self.client.wait_until(
            lambda: sum(row['body'] == 2 for row in
                        self.client.dump().get(ALL, {'messages': []})['messages']) == 330,
            'the bodies')
        self.client.settle()
        self.assertEqual(set(self.gmail.bodies.values()), {1})


class ActionsTest(GmailTest):
    def setUp(self):
        super().setUp()
        self.sync()

    def tearDown(self):
        self.assertEqual({operation['state'] for operation in
                          self.client.command('operations')['operations']} - {'done', 'undone'},
                         set())
        self.sync()
        self.assert_equal_to_server()
        self.assertEqual(max(self.gmail.headers.values()), 1)
        self.assertEqual(self.gmail.appended, [])

    def test_archive_takes_it_out_of_the_inbox_alone(self):
        self.change('archive', 'INBOX', ids(24, 25))
        self.assertEqual(self.shown(ALL).count(24), 1)
        self.assertNotIn(24, self.shown('INBOX'))
        self.assertIn(24, self.shown('Work'))
        self.settle()
        self.assertNotIn(24, self.there('INBOX'))
        self.assertIn(24, self.there('Work'))
        self.assertEqual(self.gmail.headers['m24@people.example'], 1)
        self.assert_no_expunge()

    def test_archive_from_a_label_leaves_the_label(self):
        self.change('archive', 'Work', ids(27))
        self.assertIn(27, self.shown('Work'))
        self.settle()
        self.assertEqual(self.m[27].labels, {'Work'})

    def test_undo_of_archive(self):
        first = self.change('archive', 'INBOX', ids(24))
        second = self.change('archive', 'INBOX', ids(25))
        self.undo(first)
        self.assertIn(24, self.shown('INBOX'))
        self.settle()
        self.undo(second)
        self.assertIn(25, self.shown('INBOX'))
        self.settle()
        self.assertEqual(self.m[24].labels, {'INBOX', 'Work'})
        self.assertEqual(self.m[25].labels, {'INBOX'})
        self.assert_no_expunge()

    def test_delete_takes_it_out_of_all_folders_at_once(self):
        self.change('delete', 'Work', ids(24))
        for _ in range(2):
            for name in ('INBOX', 'Work', ALL):
                self.assertNotIn(24, self.shown(name))
            self.assertEqual(self.shown(TRASH), [24, 31])
            self.settle()
        self.assertEqual(self.there(TRASH), [24, 31])
        self.assertEqual(self.gmail.headers['m24@people.example'], 1)
        self.assert_no_expunge()

    def test_undo_of_delete_before_it_was_sent(self):
        self.undo(self.change('delete', 'INBOX', ids(24)))
        for name in ('INBOX', 'Work', ALL):
            self.assertIn(24, self.shown(name))
        self.settle()
        self.assertEqual(self.m[24].labels, {'INBOX', 'Work'})

    def test_undo_of_delete_brings_the_labels_back(self):
        change = self.change('delete', 'INBOX', ids(24))
        self.settle()
        self.undo(change)
        for name in ('INBOX', 'Work'):
            self.assertIn(24, self.shown(name))
        self.settle()
        self.assertEqual(self.m[24].labels, {'INBOX', 'Work'})

    def test_delete_for_good_goes_by_trash(self):
        self.change('delete', TRASH, ids(31))
        self.change('expunge', 'INBOX', ids(24))
        self.assertEqual(self.shown(TRASH), [])
        self.settle()
        self.assertEqual([self.m[24].place, self.m[31].place], [None, None])
        self.assert_no_expunge()

    def test_junk_and_back(self):
        change = self.change('junk', 'INBOX', ids(24))
        self.assertNotIn(24, self.shown('Work'))
        self.settle()
        self.assertEqual(self.there(SPAM), [24, 32])
        self.undo(change)
        self.settle()
        self.assertEqual(self.m[24].labels, {'INBOX', 'Work'})
        self.change('not-junk', SPAM, ids(32))
        self.settle()
        self.assertEqual(self.m[32].labels, {'INBOX'})

    def test_moves_and_copies_between_labels(self):
        self.change('move', 'Work', ids(3), 'Work/Plans')
        self.change('move', ALL, ids(4), 'Work/Plans')
        copied = self.change('copy', 'INBOX', ids(22), 'Work/Plans')
        self.assertEqual(self.shown('Work/Plans'), [3, 4, 22])
        self.assertIn(4, self.shown(ALL))
        self.settle()
        self.assertEqual([self.m[number].labels for number in (3, 4, 22)],
                         [{'Work/Plans'}, {'Work/Plans'}, {'INBOX', 'Work/Plans'}])
        self.undo(copied)
        self.settle()
        self.assertEqual(self.m[22].labels, {'INBOX'})
        self.assert_no_expunge()

    def test_flags_are_those_of_the_message(self):
        self.change('flags', 'INBOX', ids(24), SEEN | FLAGGED, 0)
        for _ in range(2):
            for name in ('INBOX', 'Work', ALL):
                self.assertEqual(self.rows(name)['m24']['shown'], SEEN | FLAGGED)
            self.settle()
        self.assertEqual(self.m[24].flags, {r'\Seen', r'\Flagged'})
        self.change('flags', ALL, ids(24), 0, SEEN)
        self.assertEqual(self.rows('INBOX')['m24']['shown'], FLAGGED)
        self.settle()
        self.assertEqual(self.rows('INBOX')['m24']['shown'], FLAGGED)


class SendingTest(GmailTest):
    def start(self, **options):
        self.sent = []
        self.submission = self.enterContext(ScriptedServer(self.submit))
        return super().start(smtp=f'localhost:{self.submission.port}:none', **options)

    def submit(self, peer):
        """A submission server that takes everything."""
        peer.send('220 ready\r\n')
        while True:
            verb = peer.line()[:4].upper()
            peer.send(smtp_answer(verb))
            if verb == 'DATA':
                lines = []
                while (line := peer.line()) != '.':
                    lines.append(line)
                self.sent.append('\r\n'.join(lines + ['']).encode())
                if self.is_prompt:
                    self.gmail.submit(self.sent[-1])
                peer.send('250 2.0.0 taken\r\n')

    def send(self, number):
        path = os.path.join(self.client.directory, 'letter')
        with open(path, 'wb') as file:
            file.write(letter(number))
        return self.client.command('submit', str(uuid.uuid4()), self.gmail.user,
                                   'you@example.test', path)['item']

    def outbox(self):
        return [item['state'] for item in self.client.command('outbox')['outbox']]

    def test_the_copy_is_the_servers(self):
        self.is_prompt = True
        self.sync()
        self.send(50)
        self.settle()
        self.assertEqual(self.outbox(), ['filed'])
        self.assertEqual(self.there(SENT), [2, 50])
        self.assertEqual(self.gmail.appended, [])
        self.sync()
        self.assert_equal_to_server()

    def test_a_copy_that_comes_late_is_waited_for(self):
        self.is_prompt = False
        self.sync()
        item = self.send(50)
        self.assertIn('error', self.client.command('settle'))
        self.assertEqual(self.outbox(), ['sent'])
        self.assertEqual(self.client.command('outbox')['outbox'][0]['text'],
                         'The server has not put its copy into Sent yet')
        self.assertEqual(self.gmail.appended, [])
        self.gmail.submit(self.sent[0])
        self.client.command('act', item, 'retry')
        self.settle()
        self.assertEqual(self.outbox(), ['filed'])
        self.assertEqual(self.there(SENT), [2, 50])
        self.assertEqual(len(self.sent), 1)


class DroppedMoveTest(GmailTest):
    """MOVE into Trash ends the connection, with nothing done."""
    options = {'move_to_trash': 'drops'}

    def test_delete_is_done_by_copy_from_then_on(self):
        self.sync()
        self.change('delete', 'INBOX', ids(24))
        self.settle()
        self.assertEqual(self.there(TRASH), [24, 31])
        self.change('delete', 'INBOX', ids(25))
        self.settle()
        self.assertEqual(self.there(TRASH), [24, 25, 31])
        self.assertEqual(sum(command.startswith('UID MOVE') for command in self.gmail.commands), 2)
        self.sync()
        self.assert_equal_to_server()

    def test_the_next_run_knows_it(self):
        self.client.close()
        directory = self.enterContext(tempfile.TemporaryDirectory())
        for number in (24, 25):
            self.client = self.start(directory=directory)
            self.sync()
            self.change('delete', 'INBOX', ids(number))
            self.settle()
            self.client.close()
        self.assertEqual(self.there(TRASH), [24, 25, 31])
        self.assertEqual(sum(command.startswith('UID MOVE') for command in self.gmail.commands), 2)


class DroppedDoneMoveTest(GmailTest):
    """MOVE into Trash ends the connection, and was done."""
    options = {'move_to_trash': 'drops-done'}

    def test_it_is_not_done_twice(self):
        self.sync()
        change = self.change('delete', 'INBOX', ids(24))
        self.settle()
        self.assertEqual(self.there(TRASH), [24, 31])
        self.assertEqual(self.shown(TRASH), [24, 31])
        for name in ('INBOX', 'Work', ALL):
            self.assertNotIn(24, self.shown(name))
        self.assertFalse(any(command.startswith('UID COPY') for command in self.gmail.commands))
        self.undo(change)
        self.settle()
        self.assertEqual(self.m[24].labels, {'INBOX', 'Work'})


class OthersTest(GmailTest):
    """What the web page and other clients do."""

    def setUp(self):
        super().setUp()
        self.sync()
        self.gmail.headers.clear()

    def test_labels_that_come_and_go(self):
        self.gmail.label(self.m[22], 'Work', remove=['INBOX'])
        self.gmail.label(self.m[23], 'Work/Plans')
        # as many as before, and no MODSEQ says that they are others
        self.gmail.label(self.m[5], 'INBOX')
        self.gmail.label(self.m[24], remove=['INBOX'])
        self.sync()
        self.assert_equal_to_server()
        self.assertEqual(self.gmail.headers, {})

    def test_trash_spam_and_back(self):
        self.gmail.put(self.m[24], TRASH)
        self.gmail.put(self.m[25], SPAM)
        self.gmail.put(self.m[31], ALL)
        self.sync()
        self.assert_equal_to_server()
        self.gmail.put(self.m[24], ALL)
        self.gmail.label(self.m[24], 'Work')
        self.sync()
        self.assert_equal_to_server()
        self.assertEqual(self.gmail.headers, {})

    def test_flags_and_stars(self):
        self.gmail.flag(self.m[24], r'\Seen', r'\Flagged', 'ne]ws')
        self.sync()
        self.assert_equal_to_server()
        for name in ('INBOX', 'Work', ALL, '[Gmail]/Starred'):
            self.assertEqual(self.rows(name)['m24']['shown'], SEEN | FLAGGED)
            self.assertEqual(self.rows(name)['m24']['keywords'], 'ne]ws')

    def test_chats_that_only_status_counts(self):
        with self.gmail.changing():
            for message in (self.m[1], self.m[2]):
                message.is_chat = True
                self.gmail.update(message)
        self.sync()
        self.assert_equal_to_server()
        self.gmail.commands.clear()
        self.sync()
        self.assertFalse([command for command in self.gmail.commands if 'FETCH' in command])

    def test_conversations_are_the_servers(self):
        first = self.gmail.deliver(letter(50), 'INBOX')
        self.gmail.deliver(letter(51), thread=first)
        self.gmail.deliver(letter(52, more='References: <m50@people.example>\r\n'), 'INBOX')
        self.sync()
        rows = self.rows(ALL)
        self.assertEqual(rows['m50']['conversation'], rows['m51']['conversation'])
        self.assertNotEqual(rows['m50']['conversation'], rows['m52']['conversation'])

    def test_live_what_idle_does_not_tell_is_found_by_asking(self):
        self.client.close()
        client = self.start()
        client.command('live')
        client.wait_until(lambda: client.command('status')['live'], 'IDLE')
        client.wait_until(lambda: 'INBOX' in client.dump() and
                          client.dump()['[Gmail]/Trash']['state'] == 2, 'the first sync')
        self.gmail.label(self.m[24], remove=['INBOX'])
        client.command('check')
        client.wait_until(lambda: 'm24@people.example' not in
                          [row['message_id'] for row in client.dump()['INBOX']['messages']],
                          'the label to go')


class LimitTest(GmailTest):
    options = {'connections': 1}

    def test_a_second_connection_is_refused_and_done_without(self):
        for number in range(100, 400):
            self.gmail.deliver(letter(number), 'Work')
        self.client.command('live')
        self.client.wait_until(
            lambda: self.client.dump().get('[Gmail]/Trash', {'state': 0})['state'] == 2 and
            self.client.dump()['Work']['state'] == 2, 'the first sync')
        self.assertEqual(self.client.command('status')['state'], 'up-to-date')
        self.assertGreater(self.gmail.commands.count('AUTHENTICATE'), 1)


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
