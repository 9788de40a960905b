"""Everything that an IMAP server can do wrong, one scenario a test.

    build/…$ test-faults.py build/src/tool/pipitctl [PART OF A NAME…]
"""

import sys

import faultcase
from faultcase import Case
from servers.faults import (Fault, Mailbox, all_of, bye, bytewise, cut, cut_after, cut_at, endless,
                            first_say, lose_answer, make_message, replaced, reset, say, silence,
                            silent_after, then_say)

EVERY_STEP = ['greeting', 'AUTHENTICATE', 'LIST', 'SELECT', 'SEARCH', 'FETCH', 'NOOP']
DATA_STEPS = ['LIST', 'SELECT', 'SEARCH', 'FETCH']
# A failure of one folder, or of their list, leaves the others alone: the run is incomplete.
INCOMPLETE = 'sync'
IMAP = 'imap'


def silences():
    yield Case('silent/connect', [Fault('connect', silence)], 'timed-out')
    for step in EVERY_STEP:
        yield Case(f'silent/{step.lower()}', [Fault(step, silence)], 'timed-out')
    yield Case('silent/capability', [Fault('CAPABILITY', silence)], 'timed-out')
    yield Case('silent/capability-before-sign-in',
               [Fault('greeting', say('* OK ready\r\n')), Fault('CAPABILITY', silence)], 'timed-out')
    for step in DATA_STEPS:
        yield Case(f'silent/in-the-middle-of-{step.lower()}', [Fault(step, silent_after(30))],
                   'timed-out', begins='new')
    yield Case('silent/in-a-literal', [Fault('FETCH', say('* 1 FETCH (UID 10 BODY[HEADER.FIELDS (To)] '
                                                          '{100}\r\nTo: al')),
                                       Fault('NOOP', silence)], 'timed-out', begins='new')
    # A byte now and then is silence as well.
    for step in ['greeting', 'LIST', 'FETCH']:
        yield Case(f'silent/but-for-a-byte-now-and-then-in-{step.lower()}',
                   [Fault(step, endless(b'x', '* OK ', pause_s=0.1))], 'timed-out', begins='new')


def cuts():
    yield Case('cut/connect', [Fault('connect', cut)], 'closed')
    yield Case('cut/reset', [Fault('connect', reset)], 'closed')
    for step in EVERY_STEP:
        yield Case(f'cut/before-{step.lower()}', [Fault(step, cut)], 'closed')
        yield Case(f'cut/reset-before-{step.lower()}', [Fault(step, reset)], 'closed')
        yield Case(f'cut/once-before-{step.lower()}', [Fault(step, cut, 1)],
                   'closed' if step in ('greeting', 'AUTHENTICATE') else None)
    for step in DATA_STEPS:
        for n_bytes in (1, 5, 17, 40, 75, 90):
            yield Case(f'cut/{step.lower()}-after-{n_bytes}-bytes', [Fault(step, cut_after(n_bytes))],
                       'closed', begins='new')
    for offset in (1, 2, 3, 10, 60):
        yield Case(f'cut/in-a-literal-{offset}', [Fault('FETCH', cut_at('}\r\n', offset))], 'closed',
                   begins='new')
    for step in DATA_STEPS:
        yield Case(f'cut/in-the-tagged-answer-of-{step.lower()}',
                   [Fault(step, cut_at('[A-Z]{4} OK', 5))], 'closed')
        yield Case(f'cut/before-the-line-end-of-{step.lower()}',
                   [Fault(step, cut_at('[A-Z]{4} OK[^\r]*\r', 12))], 'closed')
    # The mail that was committed before the cut stays.
    yield Case('cut/in-the-third-window', [Fault('FETCH', cut_at('1 FETCH', 3))], 'closed',
               begins='new', count=400)


def byes():
    for step in EVERY_STEP:
        yield Case(f'bye/instead-of-{step.lower()}', [Fault(step, bye())], 'shutting-down')
    yield Case('bye/greeting-limit', [Fault('greeting', bye('Too many connections'))],
               'too-many-connections')
    yield Case('bye/in-the-middle-of-fetch', [Fault('FETCH', then_say('* BYE [UNAVAILABLE] off\r\n'))],
               'shutting-down', begins='new')
    yield Case('bye/for-ever', [Fault('SELECT', endless('* BYE again\r\n'))], 'shutting-down')
    yield Case('bye/without-text', [Fault('LIST', say('* BYE\r\n'))], 'shutting-down')


def sizes():
    yield Case('size/endless-line', [Fault('LIST', endless('x', '* LIST () "/" '))], INCOMPLETE)
    yield Case('size/endless-greeting', [Fault('greeting', endless('x', '* OK '))], IMAP)
    yield Case('size/endless-empty-lines', [Fault('LIST', endless('\r\n'))], INCOMPLETE)
    yield Case('size/endless-nul-bytes', [Fault('LIST', endless(b'\0'))], INCOMPLETE)
    yield Case('size/endless-nonsense', [Fault('LIST', endless('? what\r\n'))], INCOMPLETE)
    yield Case('size/endless-list', [Fault('LIST', endless('* LIST () "/" "aaaaaaaaaaaaaaaaa"\r\n'))],
               INCOMPLETE)
    yield Case('size/endless-flags', [Fault('FETCH', endless(' x', '* 1 FETCH (FLAGS (a'))], INCOMPLETE)
    for name, number in {'32-bits': '4294967295', '64-bits': '18446744073709551615',
                         'more': '99999999999999999999999', 'just-too-large': '134217729'}.items():
        yield Case(f'size/literal-of-{name}',
                   [Fault('FETCH', say('* 1 FETCH (UID 10 BODY[] {%s}\r\nhello' % number))], INCOMPLETE)
    yield Case('size/literal-of-less-than-nothing', [Fault(
        'FETCH', first_say('* 1 FETCH (UID 10 BODY[] {-1}\r\n'))])
    yield Case('size/a-hundred-thousand-empty-literals', [Fault(
        'FETCH', endless('{0}\r\n', '* 1 FETCH (FLAGS () '))], INCOMPLETE)
    yield Case('size/many-literals', [Fault(
        'FETCH', endless(b'BODY[1] {16000}\r\n' + b'x' * 16000 + b' ', '* 1 FETCH (UID 10 '), 1)],
        max_rss_kb=600 * 1024)
    deep = '(' * 100000
    for name, line in {'structure': '* 1 FETCH (UID 10 BODYSTRUCTURE %s)\r\n' % deep,
                       'structure-closed': '* 1 FETCH (UID 10 BODYSTRUCTURE %s%s)\r\n' % (
                           deep, ')' * 100000),
                       'envelope': '* 1 FETCH (ENVELOPE %s)\r\n' % deep,
                       'list': '* LIST %s\r\n' % deep,
                       'namespace': '* NAMESPACE %s\r\n' % deep,
                       'thread': '* THREAD %s\r\n' % deep,
                       'id': '* ID %s\r\n' % deep,
                       'other': '* WHATEVER %s\r\n' % deep}.items():
        yield Case(f'deep/{name}', [Fault('NOOP', first_say(line))])


def numbers():
    yield Case('number/exists-4294967295', [Fault('SELECT', replaced(r'\d+ EXISTS',
                                                                    '4294967295 EXISTS'))],
               INCOMPLETE)
    yield Case('number/exists-fifty-millions', [Fault('SELECT', replaced(r'\d+ EXISTS',
                                                                        '50000000 EXISTS'))],
               INCOMPLETE, max_rss_kb=100 * 1024)
    yield Case('number/exists-99999999999', [Fault('SELECT', replaced(r'\d+ EXISTS',
                                                                     '99999999999 EXISTS'))],
               INCOMPLETE)
    yield Case('number/all-the-uids-there-can-be',
               [Fault('SELECT', replaced(r'\d+ EXISTS', '4294967295 EXISTS')),
                Fault('SEARCH', say('* ESEARCH (TAG "{tag}") UID ALL 1:4294967295\r\n{tag} OK x\r\n'))],
               INCOMPLETE, capabilities='IMAP4rev1 SASL-IR AUTH=PLAIN ESEARCH', max_rss_kb=100 * 1024)
    yield Case('number/fifty-million-uids',
               [Fault('SELECT', replaced(r'\d+ EXISTS', '50000000 EXISTS')),
                Fault('SEARCH', say('* ESEARCH (TAG "{tag}") UID ALL 1:50000000\r\n{tag} OK x\r\n'))],
               INCOMPLETE, capabilities='IMAP4rev1 SASL-IR AUTH=PLAIN ESEARCH',
               max_rss_kb=400 * 1024)
    yield Case('number/uidnext-0', [Fault('SELECT', replaced(r'UIDNEXT \d+', 'UIDNEXT 0'))])
    yield Case('number/uidnext-1', [Fault('SELECT', replaced(r'UIDNEXT \d+', 'UIDNEXT 1'))])
    yield Case('number/uidnext-4294967295', [Fault('SELECT', replaced(r'UIDNEXT \d+',
                                                                     'UIDNEXT 4294967295'))])
    yield Case('number/uidnext-absurd', [Fault('SELECT', replaced(r'UIDNEXT \d+',
                                                                 'UIDNEXT 99999999999999999999'))])
    yield Case('number/no-uidnext', [Fault('SELECT', replaced('\\* OK \\[UIDNEXT[^\n]*\n', ''))])
    yield Case('number/uid-0', [Fault('FETCH', replaced(r'UID 10 ', 'UID 0 '))], begins='new')
    yield Case('number/uid-absurd', [Fault('FETCH', replaced(r'UID 10 ', 'UID 99999999999 '))],
               begins='new')
    yield Case('number/sequence-0', [Fault('FETCH', replaced(r'\* 1 FETCH', '* 0 FETCH'))],
               begins='new')
    yield Case('number/size-absurd', [Fault('FETCH', replaced(
        r'RFC822.SIZE \d+', 'RFC822.SIZE 18446744073709551615'))], begins='new')
    yield Case('number/date-absurd', [Fault('FETCH', replaced(
        r'INTERNALDATE "[^"]*"', 'INTERNALDATE "99-Foo-99999 99:99:99 +9999"'))], begins='new')


def uids():
    yield Case('uid/doubled-in-search', [Fault('SEARCH', replaced('SEARCH 10 ', 'SEARCH 10 10 '))])
    yield Case('uid/doubled-in-fetch', [Fault('FETCH', replaced('UID 12 ', 'UID 10 '))], INCOMPLETE,
               begins='new')
    yield Case('uid/descending-search', [Fault('SEARCH', say(
        '* SEARCH 32 30 28 26 24 22 20 18 16 14 12 10\r\n{tag} OK done\r\n'), 1)])
    yield Case('uid/descending-fetch', [Fault('FETCH', descending)], begins='new')
    yield Case('uid/one-that-nobody-listed', [Fault('FETCH', then_say(
        '* 5 FETCH (UID 999 FLAGS ())\r\n'))])
    yield Case('uid/search-lists-too-few', [Fault('SEARCH', replaced('SEARCH 10 ', 'SEARCH '))],
               INCOMPLETE)
    yield Case('uid/search-lists-too-many', [Fault('SEARCH', replaced('SEARCH ', 'SEARCH 5 '))],
               INCOMPLETE)
    yield Case('uid/search-lists-nothing', [Fault('SEARCH', say('* SEARCH\r\n{tag} OK done\r\n'))],
               INCOMPLETE)
    yield Case('uid/search-says-nothing', [Fault('SEARCH', say('{tag} OK done\r\n'))], INCOMPLETE)
    yield Case('uid/search-is-refused', [Fault('SEARCH', say('{tag} NO not now\r\n'))], INCOMPLETE)
    yield Case('uid/listed-and-not-delivered', [Fault('FETCH', say('{tag} OK done\r\n'))],
               INCOMPLETE, begins='new')
    yield Case('uid/every-fetch-is-refused', [Fault('FETCH', say('{tag} NO not now\r\n'))],
               INCOMPLETE, begins='new')
    yield Case('uid/none-at-all-and-an-empty-mailbox', [
        Fault('SELECT', replaced(r'\d+ EXISTS', '0 EXISTS')),
        Fault('SEARCH', say('* SEARCH\r\n{tag} OK done\r\n'))], changes=True)

    def other_validity(mail):
        mail.inbox.uid_validity += 1
    yield Case('uid/validity-changes-between-sessions', before=other_validity)

    def other_validity_and_uids(mail):
        mail.inbox.uid_validity += 1
        for number, message in enumerate(mail.inbox.messages):
            message.uid = 100 + 3 * number
        mail.inbox.uid_next = 1000
    yield Case('uid/validity-and-uids-change', before=other_validity_and_uids, changes=True)
    yield Case('uid/validity-changes-at-each-select', [Fault('SELECT', counting_validity())])
    yield Case('uid/validity-changes-while-selected', [Fault('SEARCH', first_say(
        '* OK [UIDVALIDITY 77] changed\r\n'))])
    yield Case('uid/validity-0', [Fault('SELECT', replaced(r'UIDVALIDITY \d+', 'UIDVALIDITY 0'))])
    yield Case('uid/no-validity', [Fault('SELECT', replaced('\\* OK \\[UIDVALIDITY[^\n]*\n', ''))])

    def uidnext_goes_back(mail):
        mail.inbox.uid_next = 5
    yield Case('uid/next-goes-back', before=uidnext_goes_back)

    def uid_used_again(mail):
        mail.inbox.messages[-1].raw = make_message(77, 'Another')
    yield Case('uid/used-again-for-another-message', before=uid_used_again, recovers=False)


def descending(session, tag, normal):
    lines = session.capture(normal).split(b'* ')
    session.send(b'* '.join([lines[0]] + [line for line in reversed(lines[1:-1])] + lines[-1:]))


def counting_validity():
    validities = iter(range(5000, 6000))

    def act(session, tag, normal):
        replaced(r'UIDVALIDITY \d+', f'UIDVALIDITY {next(validities)}')(session, tag, normal)
    return act


UNSOLICITED = {
    'exists': '* 40 EXISTS\r\n', 'exists-0': '* 0 EXISTS\r\n', 'recent': '* 7 RECENT\r\n',
    'expunge': '* 3 EXPUNGE\r\n', 'expunge-0': '* 0 EXPUNGE\r\n',
    'expunge-beyond': '* 4000000000 EXPUNGE\r\n', 'vanished': '* VANISHED 10:20\r\n',
    'vanished-earlier': '* VANISHED (EARLIER) 1:4294967295\r\n',
    'fetch': '* 2 FETCH (FLAGS (\\Deleted))\r\n', 'fetch-beyond': '* 99999 FETCH (FLAGS ())\r\n',
    'list': '* LIST () "/" Surprise\r\n', 'lsub': '* LSUB () "/" Surprise\r\n',
    'status': '* STATUS INBOX (MESSAGES 0 UIDNEXT 1)\r\n', 'search': '* SEARCH 1 2 3\r\n',
    'esearch': '* ESEARCH (TAG "zzzz") UID ALL 1:99\r\n', 'flags': '* FLAGS (\\Seen)\r\n',
    'capability': '* CAPABILITY IMAP4rev1 CONDSTORE QRESYNC ESEARCH\r\n',
    'enabled': '* ENABLED QRESYNC CONDSTORE UTF8=ACCEPT\r\n', 'id': '* ID NIL\r\n',
    'namespace': '* NAMESPACE NIL NIL NIL\r\n', 'quota': '* QUOTA "" (STORAGE 1 2)\r\n',
    'ok': '* OK [UNSEEN 5] x\r\n', 'no': '* NO [ALERT] look\r\n', 'bad': '* BAD what\r\n',
    'preauth': '* PREAUTH again\r\n', 'continue': '+ go on\r\n', 'continue-bare': '+\r\n',
    'unknown': '* XYZZY (1 2) "three"\r\n', 'unknown-tag': 'ZZZZ OK done\r\n',
    'closed': '* OK [CLOSED] x\r\n', 'uidvalidity': '* OK [UIDVALIDITY 9] x\r\n',
    'copyuid': '* OK [COPYUID 1 2 3] x\r\n', 'number-only': '* 5\r\n', 'star': '*\r\n',
    'half-a-fetch': '* 1 FETCH (\r\n', 'garbage': '\x01\x02\xff\r\n',
}

# What says something else of the selected mailbox than is true, again and again: nothing that the
# server says can then be proved, and the folder is left as it is.
CONTRADICTIONS = {'exists', 'exists-0', 'expunge-0', 'expunge-beyond', 'fetch-beyond', 'vanished',
                  'vanished-earlier'}
# What is believed when it is said once: these flags, and that a message is gone.
BELIEVED = {'expunge', 'fetch'}


def unsolicited():
    for name, text in UNSOLICITED.items():
        data = text.encode('latin-1')
        for step in ['greeting', 'AUTHENTICATE', 'LIST', 'SELECT', 'SEARCH', 'FETCH', 'NOOP']:
            act = then_say(data) if step == 'greeting' else first_say(data)
            faults = [Fault(step, act, 1 if name in BELIEVED else None)]
            contradicts = (name in CONTRADICTIONS and step in ('SEARCH', 'FETCH', 'NOOP') or
                           (name, step) in {('list', 'LIST'), ('search', 'SEARCH')})
            expects = INCOMPLETE if contradicts else None
            # Which message is gone is not known yet when the first SEARCH lists all of them.
            if (name, step) == ('expunge', 'SEARCH'):
                expects = (None, INCOMPLETE)
            yield Case(f'unsolicited/{name}-at-{step.lower()}', faults, expects,
                       changes=name in BELIEVED)


def answers():
    yield Case('answer/to-an-unknown-tag', [Fault('LIST', first_say('QQQQ OK done\r\n'))])
    yield Case('answer/twice', [Fault('LIST', then_say('{tag} OK done\r\n'))])
    yield Case('answer/twice-and-different', [Fault('SELECT', then_say('{tag} NO done\r\n'))])
    yield Case('answer/nothing-but-ok', [Fault('LIST', say('{tag} OK done\r\n'))], INCOMPLETE)
    yield Case('answer/list-is-refused', [Fault('LIST', say('{tag} NO done\r\n'))], INCOMPLETE)
    yield Case('answer/select-is-refused', [Fault('SELECT', say('{tag} NO done\r\n'))], INCOMPLETE)
    yield Case('answer/bad-to-everything', [Fault(step, say('{tag} BAD what\r\n'))
                                            for step in ['LOGIN', *EVERY_STEP[1:]]], 'sign-in-refused')
    yield Case('answer/preauth', [Fault('greeting', say('* PREAUTH welcome\r\n'))])
    yield Case('answer/not-imap', [Fault('greeting', say('HTTP/1.1 200 OK\r\n\r\n', True))],
               'protocol')
    for name, text in {'tagged': 'A1 OK ready\r\n', 'continue': '+ go on\r\n',
                       'damaged': '? OK ready\r\n', 'data': '* 5 EXISTS\r\n'}.items():
        yield Case(f'answer/greeting-{name}', [Fault('greeting', say(text))], 'protocol')
    yield Case('answer/no-capabilities', [Fault('greeting', say('* OK ready\r\n'))],
               capabilities='IMAP4rev1')
    yield Case('answer/capabilities-change-each-time', [Fault('CAPABILITY', say(
        '* CAPABILITY IMAP4rev2\r\n{tag} OK done\r\n'))])
    yield Case('answer/slow-bytes', [Fault('LIST', bytewise(0.001)), Fault('FETCH', bytewise(0.0005))],
               begins='new', count=3)
    yield Case('answer/lf-alone', [Fault(step, replaced('\r\n', '\n'))
                                   for step in ['greeting', 'LIST', 'SELECT', 'SEARCH']])
    yield Case('answer/everything-before-it-is-asked', [Fault('greeting', then_say(
        '* SEARCH 1\r\n* 5 EXISTS\r\n* LIST () NIL x\r\nAAAA OK\r\nAAAB OK\r\nAAAC OK\r\n'))])


def expunges():
    def storm(session, tag, normal):
        normal_said = session.capture(normal)
        session.send(b'* 1 EXPUNGE\r\n' * 5)
        del session.mailbox.messages[:5]
        session.send(normal_said)
    yield Case('expunge/storm-before-fetch', [Fault('FETCH', storm, 1)], changes=True)

    def storm_of_all(session, tag, normal):
        n_messages = len(session.mailbox.messages)
        session.mailbox.messages.clear()
        session.send(b'* 1 EXPUNGE\r\n' * n_messages)
        session.send(f'{tag} NO some messages are gone\r\n')
    yield Case('expunge/everything-during-fetch', [Fault('FETCH', storm_of_all, 1)], changes=True,
               begins='known')
    yield Case('expunge/everything-during-the-first-fetch', [Fault('FETCH', storm_of_all, 1)],
               changes=True, begins='new')

    def from_behind(session, tag, normal):
        normal()
        for number in range(len(session.mailbox.messages), 4, -1):
            session.mailbox.messages.pop()
            session.send(f'* {number} EXPUNGE\r\n')
    yield Case('expunge/behind-fetch-from-the-end', [Fault('NOOP', from_behind, 1)], changes=True)
    yield Case('expunge/beyond-exists', [Fault('NOOP', first_say('* 13 EXPUNGE\r\n'), 1)])
    yield Case('expunge/more-than-there-are', [Fault('NOOP', first_say('* 1 EXPUNGE\r\n' * 50))],
               INCOMPLETE, changes=True)
    yield Case('expunge/a-hundred-thousand', [Fault('NOOP', first_say('* 1 EXPUNGE\r\n' * 100000), 1)],
               changes=True)
    yield Case('expunge/and-exists-again-and-again', [Fault('NOOP', first_say(
        '* 1 EXPUNGE\r\n* 12 EXISTS\r\n' * 1000))], INCOMPLETE, changes=True)


def folders():
    names = {
        'control': 'a\x01b\x1b[31m', 'bad-utf-7': 'a&&&-&AOQ',
        'lone-surrogate': '&2D0-', 'latin-1': 'caf\udce9', 'up': '../../../etc/passwd',
        'root': '/', 'dots': '.', 'absolute': '/etc/passwd', 'long': 'x' * 10000,
        'long-levels': '/'.join(['y'] * 4000), 'case': 'inBox/Sub', 'quote': 'a"b\\c',
        'percent': '%s%n%*', 'markup': '<b>&amp;</b>', 'sql': "'; DROP TABLE folder; --",
        'spaces': '   ', 'star': '*', 'rtl': 'abc\u202etxt.exe', 'emoji': '\U0001f600',
    }

    def add(*all_names, **fields):
        def change(mail):
            for name in all_names:
                mail.add(Mailbox(name, 1, uid_validity=len(name) + 5, **fields))
        return change
    for name, text in names.items():
        yield Case(f'folder/{name}', before=add(text), expects=None)
    # No command can name these.
    for name, text in {'line-end': 'a\r\nb', 'nul': 'a\0b'}.items():
        yield Case(f'folder/{name}', before=add(text), after=lambda mail, text=text:
                   mail.mailboxes.pop(text))
    yield Case('folder/all-at-once', before=add(*(text for text in names.values())))
    yield Case('folder/delimiter-nil', before=add('a/b', 'c.d', delimiter='NIL'))
    yield Case('folder/delimiter-quote', before=add('a"b', delimiter=r'"\""'))
    yield Case('folder/delimiter-long', before=add('a/b', delimiter='"abc"'))
    yield Case('folder/differing-in-case', before=add('Work', 'WORK', 'work'))
    yield Case('folder/doubled', [Fault('LIST', replaced('(\\* LIST [^\r]*Archive"\r\n)', r'\1\1\1'))])
    yield Case('folder/empty-name', [Fault('LIST', first_say('* LIST () "/" ""\r\n'))])
    yield Case('folder/inbox-in-another-case', [Fault('LIST', replaced('"INBOX"', '"iNbOx"'))])
    yield Case('folder/no-inbox', [Fault('LIST', replaced('[^\n]*"INBOX"\r\n', ''))])
    yield Case('folder/none-at-all', [Fault('LIST', say('{tag} OK done\r\n'))], INCOMPLETE)
    yield Case('folder/not-listed-once', [Fault('LIST', replaced('[^\n]*"Archive"\r\n', ''), 1)])
    # Two LISTs without it are not enough: STATUS has to say NONEXISTENT.
    gone = Fault('LIST', replaced('[^\n]*"Archive"\r\n', ''))
    yield Case('folder/not-listed-but-there', [gone])
    for name, answer in {'no': 'NO cannot', 'unavailable': 'NO [UNAVAILABLE] later',
                         'bad': 'BAD what', 'noperm': 'NO [NOPERM] yours?'}.items():
        yield Case(f'folder/not-listed-and-status-says-{name}',
                   [gone, Fault('STATUS', say('{tag} %s\r\n' % answer))])
    yield Case('folder/not-listed-and-nonexistent',
               [gone, Fault('STATUS', say('{tag} NO [NONEXISTENT] gone\r\n'))], changes=True)
    yield Case('folder/cannot-be-selected', [Fault('SELECT', say('{tag} NO [NOPERM] no\r\n'))],
               INCOMPLETE)


    def thousands(mail):
        for number in range(5000):
            mail.add(Mailbox(f'Projects/Folder {number}', 0, uid_validity=number + 5))
    yield Case('folder/five-thousand', [Fault('LIST', first_say(''))], before=thousands,
               command=['sync', '--folder', 'Projects/Folder 4999', '--bodies', 'none'],
               recovers=False, lists=5003)


def encryption():
    yield Case('tls/silent', [Fault('tls', silence)], 'timed-out', security='tls')
    yield Case('tls/cut', [Fault('tls', cut)], 'closed', security='tls')
    yield Case('tls/plain-text', [Fault('tls', say('* OK hello\r\n', True))], 'not-tls', security='tls')
    yield Case('tls/cut-in-fetch', [Fault('FETCH', cut_after(100))], 'closed', security='tls')
    starttls = {'security': 'starttls', 'capabilities': 'IMAP4rev1 STARTTLS SASL-IR AUTH=PLAIN'}
    yield Case('starttls/works', [Fault('STARTTLS', first_say(''))], **starttls)
    yield Case('starttls/silent', [Fault('STARTTLS', silence)], 'timed-out', **starttls)
    yield Case('starttls/silent-after-ok', [Fault('STARTTLS', all_of(
        lambda session, tag, normal: (session.send(f'{tag} OK go\r\n'), silence(session, tag, normal)))
        )], 'timed-out', **starttls)
    for name, text in {'response': '* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n',
                       'half': '* CAPAB', 'answer': 'AAAB OK done\r\n',
                       'line-end': '\r\n'}.items():
        yield Case(f'starttls/injected-{name}', [Fault('STARTTLS', say('{tag} OK go\r\n' + text))],
                   ('protocol', 'tls-failed', 'not-tls'), **starttls)
    yield Case('starttls/refused', [Fault('STARTTLS', say('{tag} NO not today\r\n'))],
               'starttls-not-offered', **starttls)
    yield Case('starttls/bad', [Fault('STARTTLS', say('{tag} BAD what\r\n'))],
               'starttls-not-offered', **starttls)
    yield Case('starttls/bye', [Fault('STARTTLS', bye())], 'shutting-down', **starttls)
    yield Case('starttls/preauth', [Fault('greeting', say(
        '* PREAUTH [CAPABILITY IMAP4rev1 STARTTLS] in\r\n'))], 'starttls-not-offered', **starttls)
    yield Case('starttls/not-offered', [Fault('greeting', say(
        '* OK [CAPABILITY IMAP4rev1 LOGINDISABLED] in\r\n'))], 'starttls-not-offered', **starttls)


def changes():
    """What a person wished meets the faults: in the end it is done once."""
    def starred(mail):
        return r'\Flagged' in mail.inbox.messages[0].flags

    def moved(mail):
        found = [name for name, messages in mail.truth().items()
                 for message_id, _ in messages.values() if message_id == 'message0@example.test']
        return sorted(found) == ['Archive', 'Archive']  # one was there before

    def moved_without_expunge(mail):
        # Without UIDPLUS nothing may be expunged: the source stays, and is \\Deleted.
        source = mail.inbox.messages.pop(0)
        return r'\Deleted' in source.flags and moved(mail)

    star = [['flag', 10, '--add', 'starred', '--later']]
    move = [['move', 10, 'Archive', '--later']]
    without_move = 'IMAP4rev1 SASL-IR AUTH=PLAIN LITERAL+ UIDPLUS'
    ways = {'silent': (silence, 'timed-out'), 'cut': (cut, 'closed'), 'bye': (bye(), 'shutting-down'),
            'answer-lost': (lose_answer, 'closed')}
    for name, (act, expects) in ways.items():
        yield Case(f'change/store-{name}', [Fault('STORE', act, 1)], (None, expects), wishes=star,
                   proof=starred, changes=True)
        yield Case(f'change/store-{name}-always', [Fault('STORE', act)], expects, wishes=star,
                   proof=starred, changes=True)
        yield Case(f'change/move-{name}', [Fault('MOVE', act, 1)], (None, expects, INCOMPLETE),
                   wishes=move, proof=moved, changes=True)
        for step in ('COPY', 'STORE', 'EXPUNGE', 'STATUS'):
            yield Case(f'change/move-without-move-{step.lower()}-{name}', [Fault(step, act, 1)],
                       (None, expects, INCOMPLETE), wishes=move, proof=moved, changes=True,
                       capabilities=without_move)
    yield Case('change/store-answered-twice', [Fault('STORE', then_say('{tag} NO no\r\n'))],
               wishes=star, proof=starred, changes=True)
    yield Case('change/store-is-refused', [Fault('STORE', say('{tag} NO no\r\n'))], INCOMPLETE,
               wishes=star, changes=True, proof=lambda mail: not starred(mail))
    yield Case('change/copyuid-absurd', [Fault('MOVE', replaced(
        r'COPYUID \S+ \S+ \S+', 'COPYUID 0 1:4294967295 1:4294967295'))], (None, INCOMPLETE),
        wishes=move, proof=moved, changes=True)
    # An older copy of the message in the target is not the one that was sent on its way.
    yield Case('change/older-copy-and-status-without-uidnext', [
        Fault('STATUS', replaced(r' UIDNEXT \d+', '')), Fault('COPY', cut, 1)],
        (None, 'closed', INCOMPLETE), wishes=move, proof=moved_without_expunge, changes=True,
        capabilities='IMAP4rev1 SASL-IR AUTH=PLAIN')
    yield Case('change/status-says-nothing', [Fault('STATUS', say('{tag} OK done\r\n'))],
               wishes=move, proof=moved, changes=True)
    yield Case('change/source-cannot-be-searched', [
        Fault('MOVE', cut, 1), Fault('SEARCH', say('{tag} OK done\r\n'))],
        (INCOMPLETE, 'closed'), wishes=move, proof=moved, changes=True)


def good_byes():
    yield Case('logout/silent', [Fault('LOGOUT', silence)], command=['doctor'], recovers=False,
               patience_ms=faultcase.IMPATIENT_MS)
    yield Case('logout/cut', [Fault('LOGOUT', cut)], command=['doctor'], recovers=False)
    yield Case('logout/no', [Fault('LOGOUT', say('{tag} NO stay\r\n'))], command=['doctor'],
               recovers=False)


def all_cases():
    for part in (silences, cuts, byes, sizes, numbers, uids, unsolicited, answers, expunges, folders,
                 encryption, changes, good_byes):
        yield from part()


if __name__ == '__main__':
    faultcase.main(sys.argv[1], list(all_cases()), sys.argv[2:])
