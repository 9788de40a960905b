"""Large messages in pieces: whole, resumed after a cut, and never believed when a server breaks them."""

import os
import random
import re
import sqlite3
import unittest

from servers import Dovecot, tap
from servers.proxy import Proxy
from sync_client import SyncClient


def large_message(number, size_bytes):
    """A message whose every line differs, so that no piece can stand for another."""
    chance = random.Random(number)
    head = (f'From: A <a@example.test>\r\nTo: alice@example.test\r\nSubject: Large {number}\r\n'
            f'Message-ID: <large{number}@example.test>\r\n'
            f'Date: Mon, 13 Nov 2023 10:00:00 +0000\r\n\r\n').encode()
    lines = [head]
    size = len(head)
    while size < size_bytes:
        lines.append(b'%x\r\n' % chance.getrandbits(280))
        size += len(lines[-1])
    return b''.join(lines)


class PiecesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dovecot = Dovecot(users={name: 'pw' for name in 'alice bob carol dora emil'.split()})
        cls.addClassCleanup(cls.dovecot.close)
        cls.dovecot.start()

    def open(self, user, size_bytes=1500000, **hooks):
        """A live client behind a proxy whose inbox holds one large message, and nothing of it yet."""
        self.message = large_message(len(user), size_bytes)
        imap = self.dovecot.imap(user)
        imap.append('INBOX', None, None, self.message)
        imap.logout()
        self.proxy = Proxy(self.dovecot.imap_port, **hooks)
        self.addCleanup(self.proxy.close)
        client = SyncClient(self.dovecot, user, security='none', port=self.proxy.port,
                            headers_only=True)
        self.addCleanup(client.close)
        client.command('live')
        client.wait_until(lambda: client.command('status')['live'], 'the end of the first sync')
        self.uid = client.dump()['INBOX']['messages'][0]['uid']
        self.user = user
        return client

    def pieces(self):
        return [(number, int(offset)) for number, line in self.proxy.sent(r'BODY\.PEEK\[\]<')
                for offset in re.findall(r'<(\d+)\.\d+>', line)]

    def wholes(self):
        return self.proxy.sent(r'BODY\.PEEK\[\]\)')

    def latches(self, client):
        path = os.path.join(client.directory, 'journal.db')
        with sqlite3.connect(f'file:{path}?mode=ro', uri=True) as journal:
            return sorted(key for key, in journal.execute(
                "SELECT key FROM learnt WHERE key LIKE 'latch:%'"))

    def assert_whole(self, answer):
        self.assertNotIn('error', answer)
        self.assertTrue(answer['whole'])
        self.assertEqual(answer['bytes'], self.message)

    def test_in_pieces(self):
        client = self.open('alice')
        self.assert_whole(client.body('INBOX', self.uid, 'whole'))
        offsets = [offset for _, offset in self.pieces()]
        self.assertGreater(len(offsets), 3)
        self.assertEqual(offsets, sorted(offsets))
        self.assertEqual(self.wholes(), [])
        self.assertEqual(self.latches(client), [])

    def test_goes_on_after_a_cut(self):
        client = self.open('bob')
        self.proxy.cut_once_after(700000)
        self.assert_whole(client.body('INBOX', self.uid, 'whole'))
        first = min(number for number, _ in self.pieces())
        resumed = [offset for number, offset in self.pieces() if number > first]
        self.assertGreater(len(resumed), 0)
        self.assertGreater(min(resumed), 0)
        self.assertEqual(self.wholes(), [])

    def test_pieces_that_are_ignored(self):
        client = self.open('carol', on_command=lambda line: re.sub(rb'<\d+\.\d+>', b'', line))
        self.assert_whole(client.body('INBOX', self.uid, 'whole'))
        self.assertEqual(len(self.wholes()), 1)
        self.assertEqual(self.latches(client), ['latch:no-partial-fetch'])

    def test_pieces_that_are_damaged(self):
        # each that is not the first comes to half
        halve = lambda found: b'<%s.%d>' % (found[1], int(found[2]) // 2)
        client = self.open('dora', on_command=lambda line: re.sub(rb'<([1-9]\d*)\.(\d+)>', halve,
                                                                  line))
        self.assert_whole(client.body('INBOX', self.uid, 'whole'))
        self.assertEqual(len(self.wholes()), 1)
        self.assertEqual(self.latches(client), ['latch:no-partial-fetch'])

    def test_a_wrong_size_is_no_damage(self):
        client = self.open('emil', on_answer=lambda data: re.sub(rb'RFC822.SIZE 1(\d)', rb'RFC822.SIZE 2\1',
                                                                 data))
        self.assert_whole(client.body('INBOX', self.uid, 'whole'))
        self.assertEqual(self.latches(client), ['latch:size-unreliable'])


if __name__ == '__main__':
    tap.main()
