"""Faults while an account is live: IDLE and its DONE.

    build/…$ test-faults-live.py
"""

import os
import sys
import tempfile
import types
import unittest

from servers import Authority, process, tap
from servers.faults import (Fault, FaultServer, Mail, bye, cut, lose_answer, make_message, say,
                            silence)

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'integration'))
from sync_client import SyncClient  # noqa: E402

FAULTS = {
    'idle-silent': Fault('IDLE', silence, 1), 'idle-cut': Fault('IDLE', cut, 1),
    'idle-bye': Fault('IDLE', bye(), 1), 'idle-no': Fault('IDLE', say('{tag} NO no\r\n'), 1),
    'idle-bad': Fault('IDLE', say('{tag} BAD no\r\n'), 1),
    'idle-nonsense': Fault('IDLE', say('+ \r\n* 4294967295 EXISTS\r\n* 0 EXPUNGE\r\n'), 1),
    'done-silent': Fault('DONE', silence, 1), 'done-cut': Fault('DONE', cut, 1),
    'done-answer-lost': Fault('IDLE', lose_answer, 1),
}


class Live(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        os.environ['PIPIT_PATIENCE_MS'] = '700'
        folder = cls.enterClassContext(tempfile.TemporaryDirectory())
        cls.target = types.SimpleNamespace(ca_file=Authority(folder).ca_file,
                                           users={'alice': 'secret'})

    def meet(self, fault):
        mail = Mail()
        with FaultServer(mail, [fault]) as server:
            self.target.imap_port = server.port
            client = SyncClient(self.target, 'alice', security='none', timings={'retry': 200, 'ask': 500, 'poll': 1000})
            try:
                client.command('live')
                process.wait_until(lambda: server.n_faults > 0, 'the fault', 20)
                mail.inbox.add(make_message(99))
                # Whatever IDLE has become: what has arrived is asked for, and comes.
                client.sync()
                client.wait_until(lambda: client.count('INBOX') == 13, 'the message', 30)
                self.assertEqual(server.errors, [])
            finally:
                client.close()


def make_test(fault):
    return lambda self: self.meet(fault)


for name, fault in FAULTS.items():
    setattr(Live, f'test_{name.replace("-", "_")}', make_test(fault))


if __name__ == '__main__':
    tap.main()
