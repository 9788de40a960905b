"""What a real server says, cut and damaged at one byte after the other.

    build/…$ test-faults-dovecot.py build/src/tool/pipitctl
"""

import concurrent.futures
import sys

from faultcase import DONE, SYNC, Profile
from servers import Dovecot
from servers.faults import DamagingProxy, cutting, flipping

N_MESSAGES = 150
N_CUTS = 40
N_FLIPS = 24


class Runner:
    def __init__(self, program, dovecot):
        self.dovecot = dovecot
        self.empty = Profile(program)
        self.empty.add_account(dovecot.imap_port)
        self.known = Profile(program, self.empty)
        self.n_bytes = {'new': self._measure(), 'known': self._measure()}
        self.truth = self.known.contents()
        assert len(self.truth['INBOX']) == N_MESSAGES

    def _measure(self):
        """Returns how much the server says on its longest connection."""
        ends = []

        def count(offset, data):
            ends.append(offset + len(data))
            return data, False
        with DamagingProxy(self.dovecot.imap_port, count) as proxy:
            self.known.point_to(proxy.port)
            done = self.known.run(*SYNC)
        assert done.code == DONE, done
        return max(ends)

    def remove(self):
        self.empty.remove()
        self.known.remove()

    def run(self, case):
        """Returns what is wrong, or '', and figures."""
        begins, kind, at = case
        profile = Profile(self.empty.program, self.empty if begins == 'new' else self.known)
        try:
            damage = cutting(at) if kind == 'cut' else flipping(at)
            with DamagingProxy(self.dovecot.imap_port, damage) as proxy:
                profile.point_to(proxy.port)
                met = profile.run(*SYNC)
            assert proxy.n_damaged > 0, 'nothing was damaged'
            assert met.code in range(8), f'it crashed or did not end: {met}'
            assert 'CRITICAL' not in met.err and 'Sanitizer' not in met.err, met
            # A byte that is another one may be any other truth; one that is missing may not.
            if kind == 'cut':
                assert met.error_class in ('closed', None, 'sync'), met
                self._recover(profile, begins)
            return '', f'{met.seconds:.1f} s, {met.rss_kb // 1024} MB, exit {met.code}'
        except AssertionError as error:
            return str(error), ''
        finally:
            profile.remove()

    def _recover(self, profile, begins):
        if begins == 'known':
            assert profile.contents() == self.truth, 'something was lost'
        profile.point_to(self.dovecot.imap_port)
        done = profile.run(*SYNC)
        assert done.code == DONE, f'it did not recover: {done}'
        assert profile.contents() == self.truth, 'the cache is not what the server has'


def places(n_places, n_bytes):
    """Returns where to cut: dense in the beginning, where everything is short."""
    return sorted({int(n_bytes * (i / n_places) ** 2) for i in range(n_places)})


def main():
    with Dovecot(users={'alice': 'secret'}) as dovecot:
        dovecot.fill('alice', 'INBOX', N_MESSAGES)
        runner = Runner(sys.argv[1], dovecot)
        cases = [('new', 'cut', at) for at in places(N_CUTS, runner.n_bytes['new'])]
        cases += [('known', 'cut', at) for at in places(N_CUTS // 2, runner.n_bytes['known'])]
        cases += [('new', 'flip', at) for at in places(N_FLIPS, runner.n_bytes['new'])]
        failed = 0
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            for number, (case, (wrong, figures)) in enumerate(
                    zip(cases, pool.map(runner.run, cases)), 1):
                begins, kind, at = case
                failed += wrong != ''
                for line in wrong.splitlines():
                    print('#', line)
                print(f'{"not ok" if wrong else "ok"} {number} - {begins}/{kind}-at-{at}', flush=True)
                print(f'#   {figures}')
        runner.remove()
        print(f'1..{len(cases)}')
    sys.exit(1 if failed else 0)


if __name__ == '__main__':
    main()
