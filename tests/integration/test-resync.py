"""A later sync: whichever way the server permits, it leads to the same cache, and costs what changed.

One mail storage is served three times: by a Dovecot with QRESYNC, by one that has CONDSTORE only, and
by one that has neither. An account's engine for each follows what another client does to the mail.
"""

import imaplib
import os
import random
import re
import sys
import time
import unittest

from servers import Dovecot, messages, tap
from servers.proxy import Proxy
from sync_client import SyncClient

SEED = int(os.environ.get('PIPIT_TEST_SEED', '11'))
ROUNDS = 10
CHANGES = 100
FOLDERS = ['INBOX', 'Archive', 'Sent', 'Lists']

# How large the mailbox is whose later syncs are counted.
LARGE = int(os.environ.get('PIPIT_TEST_LARGE', '10000'))


def note(text):
    print(f'# {text}', file=sys.stderr)


class Changer:
    """Another client that changes mail at random, by a seed."""

    def __init__(self, dovecot, user, seed):
        self._chance = random.Random(seed)
        self._imap = dovecot.imap(user)
        self._news = messages.small_messages(5 * CHANGES * ROUNDS, seed=seed + 1)
        self._names = [str(number) for number in range(CHANGES * ROUNDS)]

    def _some(self, most):
        uids = self._imap.uid('SEARCH', 'ALL')[1][0].decode().split()
        chosen = self._chance.sample(uids, min(len(uids), self._chance.randint(1, most)))
        return ','.join(chosen)

    def change(self, count):
        for _ in range(count // 10):
            folder = self._chance.choice(FOLDERS)
            self._imap.select(folder)
            for _ in range(10):
                self._change_once(folder)

    def _change_once(self, folder):
        what = self._chance.choices(
            ['append', 'flags', 'keyword', 'expunge', 'move', 'copy', 'crowd'],
            [20, 35, 15, 12, 8, 8, 2])[0]
        if what == 'append':
            self._imap.append(folder, self._chance.choice([None, '\\Seen', '(\\Flagged Work)']), None,
                              next(self._news)[0])
            return
        uids = self._some(1 if what == 'expunge' else 60 if what == 'crowd' else 6)
        if not uids:
            return
        if what in ('flags', 'crowd'):
            self._imap.uid('STORE', uids, self._chance.choice(['+FLAGS', '-FLAGS']),
                           self._chance.choice(['\\Seen', '\\Flagged', '\\Answered', '(\\Seen \\Draft)']))
        elif what == 'keyword':
            self._imap.uid('STORE', uids, self._chance.choice(['+FLAGS', '-FLAGS', 'FLAGS']),
                           self._chance.choice(['Work', '$Forwarded', '(Home Work)', '$Junk']))
        elif what == 'expunge':
            self._imap.uid('STORE', uids, '+FLAGS', '\\Deleted')
            self._imap.expunge()
        else:
            target = self._chance.choice([name for name in FOLDERS if name != folder])
            self._imap.uid(what.upper(), uids, target)


def essence(dump):
    """What of a cache has to be the same, whichever way it came about."""
    return {name: {row['uid']: tuple(row[key] for key in ('flags', 'keywords', 'size', 'date',
                                                          'message_id', 'subject', 'from'))
                   for row in folder['messages']}
            for name, folder in dump.items()}


def differences(left, right):
    return {f'{name} {uid}': (left[name].get(uid), right[name].get(uid))
            for name in left for uid in left[name].keys() | right[name].keys()
            if left[name].get(uid) != right[name].get(uid)}


class ThreeWaysTest(unittest.TestCase):
    maxDiff = 2000

    @classmethod
    def setUpClass(cls):
        users = {'alice': 'pw', 'bob': 'pw'}
        cls.servers = {'QRESYNC': Dovecot(users=users, rawlog=True)}
        full = cls.servers['QRESYNC']
        full.start()
        cls.servers['CONDSTORE'] = Dovecot(users=users, mail_of=full, without=['QRESYNC'],
                                           rawlog=True)
        cls.servers['neither'] = Dovecot(users=users, mail_of=full,
                                         without=['QRESYNC', 'CONDSTORE', 'ESEARCH'], rawlog=True)
        for name in ('CONDSTORE', 'neither'):
            cls.servers[name].start()

    @classmethod
    def tearDownClass(cls):
        for server in reversed(cls.servers.values()):
            server.close()

    def open_clients(self, user, directories=None):
        clients = {name: SyncClient(server, user, headers_only=True,
                                    directory=directories and directories[name])
                   for name, server in self.servers.items()}
        return clients

    def assert_all_equal(self, clients, what):
        found = {name: essence(client.dump()) for name, client in clients.items()}
        for name in found:
            self.assertFalse(differences(found['QRESYNC'], found[name]),
                             f'{what}, QRESYNC and {name}; seed {SEED}')
        return found['QRESYNC']

    def assert_ways_taken(self):
        """Each engine did what it is here for."""
        said = {name: [text for conversation in server.conversations()
                       for _, sign, text in conversation if sign == '>']
                for name, server in self.servers.items()}
        counts = {name: {word: sum(word in text for text in lines)
                         for word in ('(QRESYNC (', '(CONDSTORE)', '(CHANGEDSINCE', 'RETURN (ALL)')}
                  for name, lines in said.items()}
        note(f'commands: {counts}')
        self.assertGreater(counts['QRESYNC']['(QRESYNC ('], 10)
        self.assertEqual(counts['QRESYNC']['(CHANGEDSINCE'], 0)
        self.assertEqual(counts['CONDSTORE']['(QRESYNC ('], 0)
        self.assertGreater(counts['CONDSTORE']['(CHANGEDSINCE'], 10)
        self.assertEqual(counts['neither']['(CONDSTORE)'] + counts['neither']['(CHANGEDSINCE'], 0)

    def test_three_ways_lead_to_the_same_cache(self):
        full = self.servers['QRESYNC']
        for number, folder in enumerate(FOLDERS):
            full.fill('alice', folder, 120, seed=number)
        directories = {name: full._folder(f'cache-{name}') for name in self.servers}
        clients = self.open_clients('alice', directories)
        self.addCleanup(lambda: [client.close() for client in clients.values()])
        changer = Changer(full, 'alice', SEED)
        note(f'seed {SEED}')
        for name, client in clients.items():
            client.sync()
            self.servers[name].forget_conversations()

        for number in range(ROUNDS):
            away = number % 3 == 0
            if away:
                for client in clients.values():
                    client.close()
            elif number % 3 == 1:
                # and while they sync
                for client in clients.values():
                    client.send('sync', '*', 'none')
            changer.change(CHANGES)
            if away:
                clients.update(self.open_clients('alice', directories))
            elif number % 3 == 1:
                for client in clients.values():
                    client.receive()
            for name, client in clients.items():
                self.assertNotIn('error', client.sync(), f'{name}, seed {SEED}')
            self.assert_all_equal(clients, f'round {number}')

        found = self.assert_all_equal(clients, 'at the end')
        fresh = SyncClient(full, 'alice', headers_only=True)
        self.addCleanup(fresh.close)
        self.assertNotIn('error', fresh.sync())
        self.assertFalse(differences(found, essence(fresh.dump())), f'fresh sync; seed {SEED}')
        self.assert_ways_taken()
        for name, client in clients.items():
            self.assertEqual(client.command('latches')['latches'], [], name)

    def test_live_accounts_follow_as_well(self):
        full = self.servers['QRESYNC']
        full.fill('bob', 'INBOX', 60)
        clients = self.open_clients('bob')
        self.addCleanup(lambda: [client.close() for client in clients.values()])
        for client in clients.values():
            client.command('live')
        imap = full.imap('bob')
        imap.select('INBOX')
        for _, client in clients.items():
            client.wait_until(lambda: client.command('status')['live'], 'IDLE')
        for uid in range(1, 41):
            imap.uid('STORE', str(uid), '+FLAGS', '(\\Seen Word)')
            if uid % 4 == 0:
                imap.uid('STORE', str(uid), '+FLAGS', '\\Deleted')
                imap.expunge()
                imap.append('INBOX', None, None, b'Message-ID: <live-%d@x>\r\n\r\nx\r\n' % uid)
        for name, client in clients.items():
            client.wait_until(lambda: client.count('INBOX') == 60 and all(
                row['flags'] & 1 for row in client.dump()['INBOX']['messages'] if row['uid'] <= 40),
                f'{name} to hear of all')
        self.assert_all_equal(clients, 'live')


class CostTest(unittest.TestCase):
    """What a later sync says and hears, by the server's own log."""

    def setUp(self):
        self.dovecot = Dovecot(users={'alice': 'pw', 'bob': 'pw'}, rawlog=True)
        self.dovecot.start()
        self.addCleanup(self.dovecot.close)

    def measure(self, user, directory, what):
        """Returns the commands, the round trips after sign-in and the bytes of one sync of INBOX."""
        self.dovecot.forget_conversations()
        client = SyncClient(self.dovecot, user, directory=directory, headers_only=True)
        report = client.sync('INBOX')
        client.close()
        self.assertNotIn('error', report)
        conversation, = self.dovecot.conversations()
        commands = [text.partition(' ')[2] for _, sign, text in conversation if sign == '>']
        commands = [one for one in commands if one != 'LOGOUT']
        heard = sum(len(text) + 2 for _, sign, text in conversation if sign == '<')
        trips, last = 0, None
        for _, sign, text in conversation:
            if sign == '>' and last != '>' and 'LOGOUT' not in text:
                trips += 1
            last = sign
        note(f"{what}: {report['new']} new, {report['gone']} gone, {report['flags']} flags; "
             f"{trips} round trips, {len(commands)} commands, {heard} bytes heard, "
             f"{report['elapsed_us'] / 1000:.1f} ms with sign-in")
        for command in commands:
            note(f'    {command[:150]}')
        return report, commands, trips, heard

    def change(self, user, count):
        """100 flags, 10 new, 10 expunged."""
        imap = self.dovecot.imap(user)
        imap.select('INBOX')
        step = count // 100
        imap.uid('STORE', ','.join(str(1 + step * n) for n in range(100)), '+FLAGS', '(\\Answered Word)')
        imap.uid('STORE', ','.join(str(2 + step * 3 * n) for n in range(10)), '+FLAGS', '\\Deleted')
        imap.expunge()
        for message, *_ in messages.small_messages(10, seed=99):
            imap.append('INBOX', None, None, message)
        imap.logout()

    def run_size(self, user, count):
        directory = self.dovecot._folder(f'cache-{user}')
        self.dovecot.fill(user, 'INBOX', count)
        client = SyncClient(self.dovecot, user, directory=directory, headers_only=True)
        client.sync()
        client.close()
        unchanged = self.measure(user, directory, f'{count} messages, unchanged')
        self.change(user, count)
        changed = self.measure(user, directory, f'{count} messages, 100 + 10 + 10')
        again = self.measure(user, directory, f'{count} messages, unchanged again')
        return unchanged, changed, again

    def test_costs_do_not_grow_with_the_mailbox(self):
        small = self.run_size('alice', 1000)
        large = self.run_size('bob', LARGE)
        for unchanged, changed, again in (small, large):
            for report, commands, trips, heard in (unchanged, again):
                self.assertEqual((report['new'], report['gone'], report['flags']), (0, 0, 0))
                self.assertLessEqual(trips, 2)
                self.assertLess(heard, 4096)
                self.assertFalse([one for one in commands if 'FETCH' in one or 'SEARCH' in one])
            report, commands, trips, heard = changed
            self.assertEqual((report['new'], report['gone'], report['flags']), (10, 10, 100))
            self.assertLessEqual(trips, 3)
            self.assertFalse([one for one in commands if 'SEARCH' in one])
        # longer numbers, and nothing else
        self.assertLess(large[1][3], small[1][3] * 1.15)
        self.assertEqual(len(large[1][1]), len(small[1][1]))

    def test_condstore_needs_no_list(self):
        """Without QRESYNC: EXISTS and the UIDs from UIDNEXT on prove that nothing has gone."""
        full = self.dovecot
        self.dovecot = Dovecot(users=full.users, mail_of=full, without=['QRESYNC'], rawlog=True)
        self.dovecot.start()
        self.addCleanup(self.dovecot.close)
        full.fill('alice', 'INBOX', 500)
        directory = full._folder('cache-condstore')
        client = SyncClient(self.dovecot, 'alice', directory=directory, headers_only=True)
        client.sync()
        client.close()
        report, commands, trips, heard = self.measure('alice', directory, 'CONDSTORE, unchanged')
        self.assertLessEqual(trips, 2)
        self.assertFalse([one for one in commands if 'FETCH' in one or 'SEARCH' in one])
        imap = full.imap('alice')
        imap.select('INBOX')
        imap.uid('STORE', '1:20', '+FLAGS', '\\Answered')
        imap.append('INBOX', None, None, b'Message-ID: <new@x>\r\n\r\nx\r\n')
        report, commands, trips, heard = self.measure('alice', directory, 'CONDSTORE, 20 + 1')
        self.assertEqual((report['new'], report['gone'], report['flags']), (1, 0, 20))
        self.assertFalse([one for one in commands if 'SEARCH' in one])
        self.assertLessEqual(trips, 3)
        imap.uid('STORE', '30', '+FLAGS', '\\Deleted')
        imap.expunge()
        report, commands, trips, heard = self.measure('alice', directory, 'CONDSTORE, 1 gone')
        self.assertEqual((report['new'], report['gone'], report['flags']), (0, 1, 0))
        self.assertEqual(len([one for one in commands if 'SEARCH' in one]), 1)
        self.assertLessEqual(trips, 5)
        self.assertFalse([one for one in commands if one.startswith('UID FETCH') and
                          'CHANGEDSINCE' not in one])

    def test_sequence_matches_keep_vanished_short(self):
        """A server that has forgotten what was expunged names all that is not there, or little."""
        short_memory = ('mail_index_log_rotate_min_size = 1k\nmail_index_log_rotate_max_size = 2k\n'
                        'mail_index_log_rotate_min_age = 0\nmail_index_log2_max_age = 0\n')
        with Dovecot(users={'alice': 'pw'}, rawlog=True, extra=short_memory) as self.dovecot:
            if self.dovecot.series != '2.3':
                self.skipTest('how another Dovecot is made to forget is not known')
            self.dovecot.fill('alice', 'INBOX', 2400)
            imap = self.dovecot.imap('alice')
            imap.select('INBOX')
            imap.uid('STORE', ','.join(str(uid) for uid in range(1, 2400, 2)), '+FLAGS', '\\Deleted')
            imap.expunge()
            directory = self.dovecot._folder('cache')
            client = SyncClient(self.dovecot, 'alice', directory=directory, headers_only=True)
            client.sync()
            client.close()
            imap.uid('STORE', '2396', '+FLAGS', '\\Deleted')
            imap.expunge()
            for number in range(200):
                imap.uid('STORE', str(2 + 2 * number), '+FLAGS', f'(\\Flagged W{number % 10})')
                imap.select('INBOX')
            report, commands, _, _ = self.measure('alice', directory, 'forgotten expunges')
            self.assertEqual((report['gone'], report['flags']), (1, 200))
            vanished = [text for _, sign, text in self.dovecot.conversations()[0]
                        if sign == '<' and 'VANISHED (EARLIER)' in text]
            note(vanished[0])
            self.assertGreater(len(vanished[0]), len('* VANISHED (EARLIER) 2396'))
            self.assertLess(len(vanished[0]), 200)

    def test_unchanged_folders_are_not_selected(self):
        for folder in ('INBOX', 'Archive', 'Lists', 'Work'):
            self.dovecot.fill('alice', folder, 20)
        directory = self.dovecot._folder('cache-folders')
        client = SyncClient(self.dovecot, 'alice', directory=directory, headers_only=True)
        first = client.sync()
        before = client.dump()
        client.close()
        self.dovecot.forget_conversations()
        imap = self.dovecot.imap('alice')
        imap.select('Work')
        imap.uid('STORE', '4', '+FLAGS', '\\Flagged')
        imap.logout()
        self.dovecot.forget_conversations()
        time.sleep(1)
        client = SyncClient(self.dovecot, 'alice', directory=directory, headers_only=True)
        self.addCleanup(client.close)
        again = client.sync()
        self.assertEqual((again['flags'], again['folders']), (1, first['folders']))
        after = client.dump()
        for name, folder in after.items():
            self.assertGreater(folder['checked'], before[name]['checked'], name)
        said = [text for conversation in self.dovecot.conversations()
                for _, sign, text in conversation if sign == '>']
        selected = [re.search('SELECT "([^"]*)"', text)[1] for text in said if 'SELECT' in text]
        self.assertEqual(selected, ['Work'])


class Liar(Proxy):
    """Lets a server say other things than it does: `lies` are pairs of a pattern and what to put in
    its place, for whole lines; and refuses the commands that match `refused`."""

    def __init__(self, port):
        self.lies, self.refused = [], None
        super().__init__(port)

    def make_talk(self, number):
        return {'pending': b'', 'tags': set()}

    def take_command(self, number, line, talk):
        super().take_command(number, line, talk)
        if self.refused and re.search(self.refused, line.decode('latin-1')):
            talk['tags'].add(line.split()[0])

    def take_answer(self, data, talk):
        *lines, talk['pending'] = (talk['pending'] + data).split(b'\r\n')
        said = []
        for line in lines:
            if line.split(b' ', 1)[0] in talk['tags']:
                line = line.split(b' ', 1)[0] + b' BAD unknown parameter'
            for pattern, instead in self.lies:
                line = re.sub(pattern, instead, line)
            if line != b'-':
                said.append(line + b'\r\n')
        return b''.join(said)


class PartialTest(unittest.TestCase):
    """RFC 9394, which no server here has: a proxy offers it, and takes the parameter away again."""

    def test_first_rows_come_without_their_uids(self):
        with Dovecot(users={'alice': 'pw'}) as dovecot:
            dovecot.fill('alice', 'INBOX', 300)
            liar = Liar(dovecot.imap_port)
            self.addCleanup(liar.close)
            liar.lies = [(rb'(CAPABILITY IMAP4rev1)', rb'\1 PARTIAL')]
            liar.on_command = lambda line: re.sub(rb' \(PARTIAL -1:-\d+\)', b'', line)
            client = SyncClient(dovecot, 'alice', headers_only=True, security='none', port=liar.port)
            self.addCleanup(client.close)
            self.assertNotIn('error', client.sync('INBOX'))
            self.assertEqual(client.count('INBOX'), 300)
            sent = liar.sent(r'UID FETCH')
            self.assertRegex(sent[0][1], r'UID FETCH 1:\* .* \(PARTIAL -1:-\d+\)$')


class LiesTest(unittest.TestCase):
    """Servers that say what is not so: nothing that is there is lost, and QRESYNC is not used again."""

    @classmethod
    def setUpClass(cls):
        cls.dovecot = Dovecot(users={name: 'pw' for name in
                                     'abby ben cleo dan eve fay gus hal ian'.split()})
        cls.dovecot.start()

    @classmethod
    def tearDownClass(cls):
        cls.dovecot.close()

    def begin(self, user, lies=()):
        """A folder that was synchronised once, and changed by another client since."""
        self.dovecot.fill(user, 'INBOX', 40)
        self.liar = Liar(self.dovecot.imap_port)
        self.addCleanup(self.liar.close)
        self.liar.lies = list(lies)
        self.directory = self.dovecot._folder(f'cache-{user}')
        self.user = user
        client = self.open()
        self.assertNotIn('error', client.sync('INBOX'))
        client.close()
        return self.dovecot.imap(user)

    def open(self):
        return SyncClient(self.dovecot, self.user, directory=self.directory, headers_only=True,
                          security='none', port=self.liar.port)

    def change(self, imap):
        imap.select('INBOX')
        imap.uid('STORE', '7,9', '+FLAGS', '\\Flagged')
        imap.uid('STORE', '20:22', '+FLAGS', '\\Deleted')
        imap.expunge()
        imap.append('INBOX', None, None, b'Message-ID: <new@x>\r\n\r\nx\r\n')

    def assert_true_to_server(self, client, imap):
        imap.select('INBOX', readonly=True)
        truth = {}
        for item in imap.uid('FETCH', '1:*', '(UID FLAGS)')[1]:
            uid, flags = re.search(rb'UID (\d+) FLAGS \(([^)]*)\)', item).groups()
            truth[int(uid)] = b'\\Flagged' in flags
        ours = {row['uid']: bool(row['flags'] & 2) for row in client.dump()['INBOX']['messages']}
        self.assertEqual(ours, truth)

    def sync_and_check(self, imap, latches, gone=3, new=1):
        client = self.open()
        self.addCleanup(client.close)
        report = client.sync('INBOX')
        self.assertNotIn('error', report)
        self.assertEqual((report['new'], report['gone']), (new, gone))
        self.assert_true_to_server(client, imap)
        self.assertEqual(client.command('latches')['latches'], latches)
        return client

    def test_vanished_names_what_is_there(self):
        imap = self.begin('abby')
        self.change(imap)
        self.liar.lies = [(rb'^(\* VANISHED \(EARLIER\)) .*', rb'\1 1:25')]
        client = self.sync_and_check(imap, ['QRESYNC'])

        # and is not asked for any more
        client.close()
        self.liar.lies = []
        self.liar.commands.clear()
        imap.select('INBOX')
        imap.uid('STORE', '1', '+FLAGS', '\\Flagged')
        self.sync_and_check(imap, ['QRESYNC'], gone=0, new=0)
        self.assertFalse(self.liar.sent(r'QRESYNC'))
        self.assertTrue(self.liar.sent(r'CHANGEDSINCE'))

    def test_vanished_keeps_quiet(self):
        imap = self.begin('ben')
        self.change(imap)
        self.liar.lies = [(rb'^\* VANISHED .*', rb'-')]
        self.sync_and_check(imap, ['QRESYNC'])

    def test_enabled_is_not_said(self):
        imap = self.begin('cleo', [(rb'^\* ENABLED.*', rb'-')])
        self.change(imap)
        self.sync_and_check(imap, ['QRESYNC'])
        self.assertFalse(self.liar.sent(r'SELECT.*QRESYNC'))

    def test_qresync_is_refused(self):
        imap = self.begin('dan')
        self.change(imap)
        self.liar.refused = r'SELECT.*QRESYNC'
        self.sync_and_check(imap, ['QRESYNC'])

    def test_changedsince_is_refused(self):
        imap = self.begin('ian', [(rb' QRESYNC', rb'')])
        self.change(imap)
        self.liar.refused = r'CHANGEDSINCE'
        client = self.sync_and_check(imap, ['CONDSTORE'])
        client.close()
        imap.select('INBOX')
        imap.uid('STORE', '1', '+FLAGS', '\\Flagged')
        self.sync_and_check(imap, ['CONDSTORE'], gone=0, new=0)

    def test_mod_sequences_begin_anew(self):
        imap = self.begin('eve', [(rb'HIGHESTMODSEQ \d+', rb'HIGHESTMODSEQ 9000'),
                                  (rb'MODSEQ \(\d+\)', rb'MODSEQ (9000)')])
        self.change(imap)
        self.liar.lies = []
        self.sync_and_check(imap, [])
        imap.select('INBOX')
        imap.uid('STORE', '1', '+FLAGS', '\\Flagged')
        self.sync_and_check(imap, [], gone=0, new=0)

    def test_no_mod_sequences(self):
        imap = self.begin('fay', [(rb'\[HIGHESTMODSEQ \d+\]', rb'[NOMODSEQ]'),
                                  (rb'MODSEQ \(\d+\)', rb'MODSEQ (-1)')])
        self.change(imap)
        self.sync_and_check(imap, [])
        self.assertFalse(self.liar.sent(r'QRESYNC \(|CHANGEDSINCE'))

    def live_with_lie(self, user, lie):
        imap = self.begin(user)
        client = self.open()
        self.addCleanup(client.close)
        client.command('live')
        client.wait_until(lambda: client.command('status')['live'], 'IDLE')
        client.settle()
        self.liar.lies = [lie]
        self.change(imap)
        client.wait_until(lambda: client.count('INBOX') == 38, 'the change')
        client.settle()
        self.assert_true_to_server(client, imap)
        return client

    def test_live_vanished_names_what_is_there(self):
        self.live_with_lie('gus', (rb'^\* VANISHED \d.*', rb'* VANISHED 1:30'))

    def test_vanished_brings_the_numbers_out_of_step(self):
        client = self.live_with_lie('hal', (rb'^\* VANISHED .*', rb'* VANISHED 1:30'))
        self.assertEqual(client.command('latches')['latches'], ['QRESYNC'])


if __name__ == '__main__':
    tap.main()
