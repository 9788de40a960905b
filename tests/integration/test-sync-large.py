"""A hundred thousand messages in one folder: the time and the memory that a first sync takes.

Time is compared with a raw client that sends the same FETCH, reads and throws away; it is printed and
decides nothing. Memory decides: at 100,000 messages at most 15 MB more than at 1,000.
"""

import socket
import sys
import time
import unittest

from servers import Dovecot, tap
from sync_client import SyncClient

FETCH = ('UID FETCH 1:* (UID FLAGS INTERNALDATE RFC822.SIZE MODSEQ BODY.PEEK[HEADER.FIELDS (From '
         'Sender Reply-To To Cc Bcc Subject Date Message-ID In-Reply-To References List-Id '
         'List-Unsubscribe List-Unsubscribe-Post Content-Type Authentication-Results '
         'Auto-Submitted)])')


def note(text):
    print(f'# {text}', file=sys.stderr)


def raw_fetch(dovecot, user):
    """Returns the seconds that the server needs to say everything, and how many bytes it says."""
    plain = socket.create_connection(('localhost', dovecot.imaps_port))
    with dovecot.tls_context().wrap_socket(plain, server_hostname='localhost') as client:
        def command(tag, text):
            client.sendall(f'{tag} {text}\r\n'.encode())
            end, tail, count = f'\r\n{tag} OK'.encode(), b'\r\n', 0
            while end not in tail:
                got = client.recv(1 << 18)
                if not got:
                    raise AssertionError('the server has closed the connection')
                tail = tail[-64:] + got
                count += len(got)
            return count

        client.recv(4096)
        command('a', f'LOGIN {user} {dovecot.users[user]}')
        command('b', 'SELECT INBOX')
        begun = time.monotonic()
        count = command('c', FETCH)
        return time.monotonic() - begun, count


class LargeTest(unittest.TestCase):
    def first_sync(self, dovecot, user, count):
        client = SyncClient(dovecot, user)
        try:
            report = client.sync()
            self.assertNotIn('error', report)
            self.assertEqual(report['new'], count)
            memory = client.command('memory')
            again = client.sync()
            self.assertEqual((again['new'], again['gone'], again['flags']), (0, 0, 0))
            later = client.command('memory')
            seconds = report['elapsed_us'] / 1e6
            note(f"{count:>7} messages: {seconds:6.2f} s, anonymous {memory['anonymous_kib']} KiB, "
                 f"after a second sync of {again['elapsed_us'] / 1e6:.2f} s "
                 f"{later['anonymous_kib']} KiB, peak resident {later['peak_kib']} KiB")
            return seconds, max(memory['anonymous_kib'], later['anonymous_kib'])
        finally:
            client.close()

    def test_memory_does_not_grow_with_the_folder(self):
        sizes = {'alice': 1_000, 'bob': 10_000, 'carol': 100_000}
        with Dovecot(users={user: 'pw' for user in sizes}) as dovecot:
            for user, count in sizes.items():
                dovecot.fill(user, 'INBOX', count)
            measured = {count: self.first_sync(dovecot, user, count)
                        for user, count in sizes.items()}
            raw_s, raw_bytes = raw_fetch(dovecot, 'carol')
            warm_s, _ = self.first_sync(dovecot, 'carol', 100_000)
            note(f'raw client: {raw_s:.2f} s for {raw_bytes} bytes, server warm; '
                 f'the engine takes {warm_s / raw_s:.2f} times as long')
        grown = measured[100_000][1] - measured[1_000][1]
        note(f'anonymous memory grows by {grown} KiB from 1,000 to 100,000 messages')
        self.assertLess(grown, 15 * 1024)


if __name__ == '__main__':
    tap.main()
