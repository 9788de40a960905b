"""Live accounts: what another client does is seen at once, a connection or a server that says nothing
is noticed, and what a server limits is kept to."""

import os
import sqlite3
import time
import unittest

from servers import Dovecot, Forwarder, tap
from sync_client import SyncClient

# An account whose minutes are parts of a second.
QUICK = {'idle': 1500, 'ask': 900, 'probe': 500, 'retry': 100, 'proven': 1000}

# What Dovecot 2.3 offers, without NOTIFY.
WITHOUT_NOTIFY = 'protocol imap {\n  imap_capability = IMAP4rev1 SASL-IR ID ENABLE IDLE LITERAL+ ' \
                 'NAMESPACE UIDPLUS LIST-EXTENDED LIST-STATUS SPECIAL-USE MOVE ESEARCH UNSELECT\n}\n'


def numbered(number):
    return (f'From: Person <person{number}@people.example>\r\nTo: alice@example.test\r\n'
            f'Subject: Message {number}\r\nMessage-ID: <number-{number}@people.example>\r\n'
            f'Date: Mon, 13 Nov 2023 10:00:00 +0000\r\n\r\nHello\r\n').encode()


class LiveTest(unittest.TestCase):
    def client(self, server, user='alice', **options):
        client = SyncClient(server, user, **options)
        self.addCleanup(client.close)
        return client

    def start(self, server, **options):
        """A live account that has seen everything and is quiet."""
        client = self.client(server, **options)
        client.command('live')
        client.wait_until(lambda: client.command('status')['checked'], 'the first look')
        client.wait_until(lambda: client.command('status')['live'], 'IDLE')
        client.settle()
        return client

    def learnt(self, client, key):
        """What was learnt of the account: the values by key, of keys that begin so."""
        path = os.path.join(client.directory, 'journal.db')
        with sqlite3.connect(f'file:{path}?mode=ro', uri=True) as journal:
            return dict(journal.execute('SELECT key, value FROM learnt WHERE key LIKE ?',
                                        (key + '%',)))

    def flags(self, client, folder):
        return {row['uid']: row['flags'] for row in client.dump()[folder]['messages']}

    def timed(self, client, condition, what):
        """Waits, and says for how long: half a minute and no more, whatever the machine does."""
        begun = time.monotonic()
        client.wait_until(condition, what)
        print(f'# {what}: {time.monotonic() - begun:.2f} s')


class OtherClientsTest(LiveTest):
    """Against a real Dovecot, with NOTIFY. Nothing is polled within the time that these take."""

    @classmethod
    def setUpClass(cls):
        cls.dovecot = Dovecot(users={'alice': 'pw', 'bob': 'pw'})
        cls.dovecot.start()
        cls.addClassCleanup(cls.dovecot.close)

    def test_messages_and_flags_in_all_folders(self):
        for folder in ('INBOX', 'Work', 'Lists/dev'):
            self.dovecot.save('alice', folder, [numbered(n) for n in range(5)])
        client = self.start(self.dovecot)
        self.assertEqual(client.command('status')['watched'], 1)
        imap = self.dovecot.imap('alice')

        for folder in ('Work', 'INBOX', 'Lists/dev'):
            imap.append(folder, None, None, numbered(100))
            self.timed(client, lambda: client.count(folder) == 6, f'a message in {folder}')
        for folder in ('Work', 'INBOX'):
            imap.select(folder)
            imap.uid('STORE', '1', '+FLAGS', '\\Seen')
            self.timed(client, lambda: self.flags(client, folder)[1] == 1, f'\\Seen in {folder}')
            imap.uid('STORE', '2', '+FLAGS', '\\Flagged')
            self.timed(client, lambda: self.flags(client, folder)[2] == 2, f'\\Flagged in {folder}')
            imap.uid('STORE', '3', '+FLAGS', '\\Deleted')
            imap.expunge()
            self.timed(client, lambda: 3 not in self.flags(client, folder), f'EXPUNGE in {folder}')
        imap.uid('MOVE', '4', 'Work')
        self.timed(client, lambda: (client.count('INBOX'), client.count('Work')) == (4, 6), 'a move')
        imap.logout()

    def test_folders(self):
        self.dovecot.save('bob', 'Old', [numbered(n) for n in range(5)])
        imap = self.dovecot.imap('bob')
        imap.create('Empty')
        # what Dovecot forgets to tell is found by a look at the list
        client = self.start(self.dovecot, user='bob', timings={'watched': 10000})
        before = client.dump()

        # Dovecot loses what comes right behind something else
        imap.create('Made')
        self.timed(client, lambda: 'Made' in client.dump(), 'a new folder')
        client.settle(1)
        imap.append('Made', None, None, numbered(100))
        self.timed(client, lambda: client.count('Made') == 1, 'a message in it')
        client.settle(1)
        for old, new in (('Old', 'Neu'), ('Empty', 'Leer')):
            imap.rename(old, new)
            self.timed(client, lambda: new in client.dump() and old not in client.dump(),
                       f'{old} becomes {new}')
            self.assertEqual(client.dump()[new]['id'], before[old]['id'], 'and stays what it is')
            client.settle(1)
        self.assertEqual([row['location'] for row in client.dump()['Neu']['messages']],
                         [row['location'] for row in before['Old']['messages']])
        imap.delete('Made')
        self.timed(client, lambda: 'Made' not in client.dump(), 'a folder that is deleted')
        imap.logout()


class PollingTest(LiveTest):
    """Against a real Dovecot that has no NOTIFY."""

    @classmethod
    def setUpClass(cls):
        cls.dovecot = Dovecot(users={name: 'pw' for name in ('alice', 'bob', 'carol')},
                              extra=WITHOUT_NOTIFY)
        cls.dovecot.start()
        cls.addClassCleanup(cls.dovecot.close)

    def test_folder_on_the_screen_is_looked_at_more_often(self):
        self.dovecot.save('carol', 'Work', [numbered(n) for n in range(5)])
        client = self.start(self.dovecot, user='carol', timings={'visible': 400})
        client.command('visible', 'Work')
        client.settle()
        imap = self.dovecot.imap('carol')
        imap.append('Work', None, None, numbered(100))
        self.timed(client, lambda: client.count('Work') == 6, 'a message in the folder on the screen')
        imap.select('Work')
        imap.uid('STORE', '2', '+FLAGS', '\\Flagged')
        self.timed(client, lambda: self.flags(client, 'Work')[2] == 2, 'a flag there')
        imap.logout()

    def test_other_folders_are_polled(self):
        for folder in ('INBOX', 'Work'):
            self.dovecot.save('alice', folder, [numbered(n) for n in range(5)])
        client = self.start(self.dovecot, timings={**QUICK, 'ask': 10000, 'poll': 1000})
        self.assertEqual(client.command('status')['watched'], 0)
        imap = self.dovecot.imap('alice')
        imap.append('INBOX', None, None, numbered(100))
        self.timed(client, lambda: client.count('INBOX') == 6, 'a message in the inbox')
        imap.append('Work', None, None, numbered(100))
        self.timed(client, lambda: client.count('Work') == 6, 'a message in a folder that is polled')
        imap.create('Made')
        self.timed(client, lambda: 'Made' in client.dump(), 'a new folder')
        imap.logout()

    def test_idle_that_tells_nothing_is_not_used(self):
        def swallow(line, connection):
            if line.startswith(b'+ idling'):
                connection.notes['idling'] = True
            elif b'OK Idle completed' in line:
                connection.notes['idling'] = False
            return None if connection.notes.get('idling') and line.startswith(b'* ') else line

        forwarder = self.enterContext(Forwarder(self.dovecot.imap_port, self.dovecot,
                                                from_server=swallow))
        client = self.start(forwarder, user='bob', security='none', timings=QUICK)
        for n in range(1, 20):
            self.dovecot.deliver('bob', numbered(100 + n))
            self.timed(client, lambda: client.count('INBOX') == n, 'a message that IDLE hid')
            if self.learnt(client, 'latch:IDLE'):
                break
        self.assertIn('latch:IDLE', self.learnt(client, 'latch:'))
        client.settle()
        n_idle = sum(line.endswith(' IDLE') for line in forwarder.lines())
        imap = self.dovecot.imap('bob')
        imap.select('INBOX')
        imap.uid('STORE', '1', '+FLAGS', '\\Flagged')
        imap.logout()
        self.timed(client, lambda: self.flags(client, 'INBOX')[1] == 2, 'a flag, without IDLE')
        self.assertEqual(sum(line.endswith(' IDLE') for line in forwarder.lines()), n_idle)


class ManyFoldersTest(LiveTest):
    """Against a real Dovecot that wants a STATUS for each folder."""

    def test_not_every_folder_is_asked_after_each_time(self):
        without = WITHOUT_NOTIFY.replace(' LIST-STATUS', '')
        with Dovecot(users={'alice': 'pw'}, extra=without) as dovecot, \
                Forwarder(dovecot.imap_port, dovecot) as forwarder:
            imap = dovecot.imap('alice')
            for n in range(60):
                imap.create(f'"Folder {n:02}"')
            client = self.start(forwarder, security='none',
                                timings={'poll': 500, 'visible': 60000})
            asked = []
            for n in range(3):
                lines = self.next_poll(client, forwarder)
                asked.append(sum(' STATUS "' in line for line in lines))
            print(f'# of 66 folders were asked after: {asked}')
            self.assertLess(min(asked), 30)
            imap.append('"Folder 37"', None, None, numbered(1))
            self.timed(client, lambda: client.count('Folder 37') == 1, 'a message in one of many')

            # what is on the screen is asked after each time
            client.command('visible', 'Folder 59')
            client.settle()
            for n in range(3):
                lines = self.next_poll(client, forwarder)
                self.assertTrue(any('STATUS "Folder 59"' in line for line in lines))
            imap.logout()

    def next_poll(self, client, forwarder):
        """What is said from the next LIST to the one behind it."""
        def polls():
            lines = forwarder.lines()
            return lines, [at for at, line in enumerate(lines) if ' LIST ' in line]
        n_before = len(polls()[1])
        client.wait_until(lambda: len(polls()[1]) >= n_before + 2, 'two polls')
        lines, at = polls()
        return lines[at[n_before]:at[n_before + 1]]


class LimitsTest(LiveTest):
    def limited(self, n_connections):
        dovecot = Dovecot(users={'alice': 'pw'}, extra='protocol imap {\n'
                          f'  mail_max_userip_connections = {n_connections}\n}}\n')
        self.enterContext(dovecot)
        for folder in range(6):
            dovecot.save('alice', f'Folder {folder}', [numbered(n) for n in range(20)])
        return dovecot

    def refusals(self, dovecot):
        return dovecot.log().count('Maximum number of connections')

    def assert_limit_is_kept_to(self, n_connections):
        dovecot = self.limited(n_connections)
        client = self.start(dovecot)
        self.assertEqual({client.count(f'Folder {n}') for n in range(6)}, {20})
        status = client.command('status')
        self.assertEqual((status['state'], status['class']), ('up-to-date', None))
        self.assertLessEqual(self.refusals(dovecot), 2, 'refusals teach it')
        if not self.refusals(dovecot):
            return dovecot  # there was no need for more
        self.assertEqual(status['max_connections'], n_connections)
        self.assertEqual(self.learnt(client, 'max-connections')['max-connections'].split()[0],
                         str(n_connections))
        directory, client.is_own = client.directory, False
        client.close()

        # and it is remembered
        n_before = self.refusals(dovecot)
        dovecot.save('alice', 'More', [numbered(n) for n in range(200)])
        client = self.start(dovecot, directory=directory)
        client.is_own = True
        self.assertEqual(client.count('More'), 200)
        self.assertEqual(self.refusals(dovecot), n_before)
        self.assertEqual(client.command('status')['max_connections'], n_connections)
        return dovecot

    def test_one_connection(self):
        dovecot = self.assert_limit_is_kept_to(1)
        self.assertGreater(self.refusals(dovecot), 0)

    def test_two_connections(self):
        self.assert_limit_is_kept_to(2)

    def test_connections_of_others_are_waited_for(self):
        dovecot = self.limited(1)
        other = dovecot.imap('alice')
        client = self.client(dovecot, timings={'limit': 300})
        client.command('live')
        client.wait_until(lambda: client.command('status')['class'], 'a refusal')
        status = client.command('status')
        self.assertEqual((status['state'], status['class']), ('failed', 'too-many-connections'))
        other.logout()
        client.wait_until(lambda: client.command('status')['checked'], 'its turn')
        self.assertEqual(client.command('status')['class'], None)


class SilenceTest(LiveTest):
    """Connections that die, and servers that keep things to themselves."""

    @classmethod
    def setUpClass(cls):
        cls.dovecot = Dovecot(users={name: 'pw' for name in ('alice', 'bob', 'carol', 'dora', 'emil')})
        cls.dovecot.start()
        cls.addClassCleanup(cls.dovecot.close)
        for user in cls.dovecot.users:
            cls.dovecot.save(user, 'INBOX', [numbered(n) for n in range(5)])

    def forwarder(self, port, **options):
        forwarder = Forwarder(port, self.dovecot, **options)
        self.enterContext(forwarder)
        return forwarder

    def test_connection_that_died_is_noticed_and_learnt_from(self):
        forwarder = self.forwarder(self.dovecot.imaps_port)
        client = self.start(forwarder, timings=QUICK)
        forwarder.silence()
        self.dovecot.deliver('alice', numbered(100))
        self.timed(client, lambda: client.count('INBOX') == 6, 'the message of the new connection')
        learnt = self.learnt(client, 'idle-ms@')
        self.assertEqual(list(learnt), ['idle-ms@127.0.0.0/24'])
        self.assertLess(int(learnt['idle-ms@127.0.0.0/24'].split()[0]), QUICK['idle'])
        client.settle()
        self.assertEqual(client.command('status')['state'], 'up-to-date')

    def test_network_that_changes_is_looked_at(self):
        forwarder = self.forwarder(self.dovecot.imaps_port)
        client = self.start(forwarder, timings={'probe': 500})
        client.command('network', 'on')
        client.settle(1)
        self.assertTrue(forwarder.connections[0].is_open, 'one that answers is kept')

        forwarder.silence()
        self.dovecot.deliver('alice', numbered(101))
        client.command('network', 'on')
        begun = time.monotonic()
        client.wait_until(lambda: 'number-101@people.example' in
                          [row['message_id'] for row in client.dump()['INBOX']['messages']],
                          'the message')
        self.assertLess(time.monotonic() - begun, 25)
        self.assertEqual(self.learnt(client, 'idle-ms@'), {}, 'this is nothing to learn from')

    def test_connections_do_not_outlive_sleep(self):
        forwarder = self.forwarder(self.dovecot.imaps_port)
        client = self.start(forwarder, user='bob')
        forwarder.silence()
        self.dovecot.deliver('bob', numbered(100))
        client.command('resume')
        self.timed(client, lambda: client.count('INBOX') == 6, 'the message after sleep')
        self.assertEqual(self.learnt(client, 'idle-ms@'), {})

    def test_server_that_ends_idle_is_no_trouble(self):
        """Yandex closes at random."""
        forwarder = self.forwarder(self.dovecot.imaps_port)
        client = self.start(forwarder, user='carol', timings={'proven': 500, 'retry': 60000})
        for n in range(3):
            time.sleep(0.6)
            forwarder.cut()
            self.dovecot.deliver('carol', numbered(100 + n))
            states = set()
            def is_there():
                status = client.command('status')
                states.add((status['state'], status['class']))
                return client.count('INBOX') == 6 + n
            self.timed(client, is_there, 'the next connection')
            self.assertNotIn('failed', {state for state, _ in states})
            self.assertEqual({error for _, error in states}, {None})

    def test_overflow_leads_to_a_look_at_everything(self):
        def overflow(line, connection):
            if line.startswith(b'* STATUS Work') and b'OVERFLOW' not in line and \
                    connection.notes.get('idling') and connection.notes.get('wanted'):
                return b'* OK [NOTIFICATIONOVERFLOW] Too much\r\n'
            connection.notes['idling'] = line.startswith(b'+ idling') or \
                (connection.notes.get('idling') and line.startswith(b'* '))
            return line

        self.dovecot.save('dora', 'Work', [numbered(n) for n in range(5)])
        forwarder = self.forwarder(self.dovecot.imap_port, from_server=overflow)
        client = self.start(forwarder, user='dora', security='none', timings={'poll': 1500})
        live = next(connection for connection in forwarder.connections
                    if any(' NOTIFY ' in line for line in connection.lines))
        live.notes['wanted'] = True
        imap = self.dovecot.imap('dora')
        for n in range(3):
            imap.append('Work', None, None, numbered(100 + n))
            self.timed(client, lambda: client.count('Work') == 6 + n, 'a message behind an overflow')
            client.settle()
        imap.logout()
        self.assertEqual(sum(' NOTIFY ' in line for line in forwarder.lines()), 1, 'then polled')
        self.assertEqual(client.command('status')['watched'], 0)

    def test_refused_idle_is_replaced_by_asking(self):
        forwarder = self.forwarder(self.dovecot.imap_port, from_client=lambda line, _:
                                   line.replace(b' IDLE', b' IDEL'))
        client = self.start(forwarder, user='emil', security='none', timings=QUICK)
        self.dovecot.deliver('emil', numbered(100))
        self.timed(client, lambda: client.count('INBOX') == 6, 'a message, without IDLE')
        self.assertEqual(sum(line.endswith(' IDLE') for line in forwarder.lines()), 1)
        self.assertEqual(client.command('status')['state'], 'up-to-date')
        self.assertIn('latch:IDLE', self.learnt(client, 'latch:'))

    def test_news_before_the_plus_are_news(self):
        """Exchange says EXISTS when it has taken IDLE and not said so yet."""
        def hold_plus(line, connection):
            if line.startswith(b'+ idling'):
                connection.notes['plus'] = line
                return None
            if line.startswith(b'* ') and b'EXISTS' in line and 'plus' in connection.notes:
                return line + connection.notes.pop('plus')
            return line

        forwarder = self.forwarder(self.dovecot.imap_port, from_server=hold_plus)
        client = self.client(forwarder, user='bob', security='none')
        client.command('live')
        client.wait_until(lambda: client.command('status')['live'], 'IDLE')
        client.settle(1)
        n_before = client.count('INBOX')
        self.dovecot.deliver('bob', numbered(110))
        self.timed(client, lambda: client.count('INBOX') == n_before + 1, 'the message')


if __name__ == '__main__':
    tap.main()
