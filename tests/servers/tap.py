"""Runs unittest classes with TAP on standard output, as `meson test` wants it.

    if __name__ == '__main__':
        tap.main()
"""

import sys
import traceback
import unittest


class TapResult(unittest.TestResult):
    def __init__(self, stream):
        super().__init__()
        self._stream = stream
        self._number = 0

    def _say(self, outcome, test, note=''):
        self._number += 1
        name = test.id().split('.', 1)[-1].replace('#', '')
        self._stream.write(f'{outcome} {self._number} - {name}{note}\n')
        self._stream.flush()

    def _explain(self, error):
        for line in ''.join(traceback.format_exception(*error)).splitlines():
            self._stream.write(f'# {line}\n')

    def addSuccess(self, test):
        super().addSuccess(test)
        self._say('ok', test)

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self._say('ok', test, f' # SKIP {reason}')

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self._explain(err)
        self._say('not ok', test)

    def addError(self, test, err):
        super().addError(test, err)
        self._explain(err)
        self._say('not ok', test)

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            self._stream.write(f'# in {subtest}\n')
            self._explain(err)
            self._say('not ok', subtest)

    def addExpectedFailure(self, test, err):
        super().addExpectedFailure(test, err)
        self._say('not ok', test, ' # TODO')

    def addUnexpectedSuccess(self, test):
        super().addUnexpectedSuccess(test)
        self._say('not ok', test)

    @property
    def count(self):
        return self._number


def main():
    """Runs the tests of the calling script; names as arguments pick some."""
    # Prints of a test become comments only if they say so: keep them off the protocol.
    stream, sys.stdout = sys.stdout, sys.stderr
    module = sys.modules['__main__']
    loader = unittest.defaultTestLoader
    if len(sys.argv) > 1:
        suite = loader.loadTestsFromNames(sys.argv[1:], module)
    else:
        suite = loader.loadTestsFromModule(module)
    result = TapResult(stream)
    suite.run(result)
    stream.write(f'1..{result.count}\n')
    sys.exit(0 if result.wasSuccessful() else 1)
