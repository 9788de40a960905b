"""A mailbox as it grows in a person's life: for measurements, not for looking at what is in it.

Sizes, threads and headers are shaped after real ones: half of the messages are below 6 kB and the mean
is 10.5 kB; two of five begin a conversation; six of a hundred have an attachment; every fourth comes
from a list; some names and subjects need RFC 2047.
"""

import base64
import collections
import email.utils
import random

from .messages import NEWEST, PEOPLE, TOPICS, WORDS, address_of

# Of the logarithm of a body's size in bytes.
MEDIAN_LOG = 8.55
SPREAD_LOG = 1.11
SMALLEST, LARGEST = 200, 2_000_000

POOL_SIZE = 4_000_000
LISTS = ['garden', 'harbour-news', 'choir', 'kernel', 'neighbours']


class Pool:
    """Text and base64 that bodies are cut from: making each anew would take minutes."""

    def __init__(self, chance):
        numbered = list(WORDS) + [f'{word}{i}' for i in range(12) for word in WORDS]
        lines = []
        size = 0
        while size < POOL_SIZE:
            line = ' '.join(chance.choices(numbered, k=chance.randint(4, 11)))
            line += f' {chance.getrandbits(28):x}' if chance.random() < 0.5 else '.'
            lines.append(line)
            size += len(line) + 2
        self.text = '\r\n'.join(lines).encode()
        coded = base64.b64encode(chance.randbytes(POOL_SIZE // 4 * 3))
        self.base64 = b'\r\n'.join(coded[i:i + 76] for i in range(0, len(coded), 76))
        self._chance = chance

    def cut(self, source, size):
        """Returns some lines."""
        start = self._chance.randrange(len(source) // 2)
        start = source.index(b'\n', start) + 1
        piece = source[start:start + size]
        while len(piece) < size:
            piece += source[:size - len(piece)]
        return piece


def letters(count, seed=1):
    """Yields (bytes, INTERNALDATE, flags); 100,000 of them are 1.05 GB and take some seconds."""
    chance = random.Random(seed)
    pool = Pool(chance)
    threads = Threads(chance, seed)
    for number in range(count):
        when = NEWEST - (count - number) * 120 + chance.randint(0, 60)
        size = int(min(max(chance.lognormvariate(MEDIAN_LOG, SPREAD_LOG), SMALLEST), LARGEST))
        head, kind = header(chance, threads, seed, number, when)
        yield head + body(pool, size, kind), when, \
            () if chance.random() < 0.2 else ('\\Seen',)


def correspondents():
    """Returns two thousand addresses with names, as they stand in a header."""
    given = [person.split()[0] for person in PEOPLE]
    family = [person.split()[1] for person in PEOPLE]
    people = [(person, address_of(person)) for person in PEOPLE]
    for number in range(2000 - len(people)):
        name = f'{given[number % 12]} {family[number // 12 % 12]}'
        people.append((name, f'p{number}.{address_of(name)}'))
    return [email.utils.formataddr(one) for one in people]


CORRESPONDENTS = correspondents()


def trace_fields(chance, number, when):
    domain = f'mail{number % 40}.example'
    return [
        f'Return-Path: <bounce-{number}@{domain}>',
        f'Received: from {domain} ({domain} [192.0.2.{number % 250}])\r\n'
        f'\tby mx.example.test (Postfix) with ESMTPS id {number:010X}\r\n'
        f'\tfor <bob@example.test>; {email.utils.formatdate(when)}',
        f'Received: from localhost (localhost [127.0.0.1]) by {domain} (Postfix)\r\n'
        f'\twith ESMTP id {number * 7:010X}; {email.utils.formatdate(when - 2)}',
        f'Authentication-Results: mx.example.test; dkim=pass header.d={domain} header.s=s1;\r\n'
        f'\tspf=pass smtp.mailfrom=bounce-{number}@{domain}',
        f'DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d={domain}; s=s1;\r\n'
        f'\tt={when}; h=from:to:subject:date:message-id;\r\n'
        f'\tbh={base64.b64encode(chance.randbytes(32)).decode()};\r\n'
        f'\tb={base64.b64encode(chance.randbytes(48)).decode()}',
    ]


def address_fields(chance):
    fields = [f'From: {chance.choice(CORRESPONDENTS)}',
              'To: Bob Marsh <bob@example.test>']
    if chance.random() < 0.2:
        others = chance.sample(CORRESPONDENTS, chance.randint(1, 4))
        fields.append('Cc: ' + ',\r\n\t'.join(others))
    return fields


class Threads:
    """Who answers whom: two of five begin a thread, the others answer one of the latest."""

    def __init__(self, chance, seed):
        self._chance = chance
        self._seed = seed
        self._latest = collections.deque(maxlen=40)

    def fields(self, number):
        """Returns a subject, and the fields that name earlier messages."""
        chance = self._chance
        known, topic = ([], None) if not self._latest or chance.random() < 0.4 else \
            chance.choice(self._latest)
        mine = f'<{message_id(self._seed, number)}>'
        if topic is None:
            topic = f'{chance.choice(TOPICS)}, {chance.choice(WORDS)} {chance.randint(1, 5000)}'
            if chance.random() < 0.06:
                topic += ': Grüße aus Köln'
        self._latest.append((known[:1] + known[1:][-8:] + [mine], topic))
        if not known:
            return topic, []
        return 'Re: ' + topic, [f'In-Reply-To: {known[-1]}', 'References: ' + '\r\n\t'.join(known)]


def list_fields(chance, number):
    if chance.random() < 0.75:
        return []
    name = chance.choice(LISTS)
    return [f'List-Id: The {name} list <{name}.lists.example>',
            f'List-Unsubscribe: <https://lists.example/{name}/leave?{number}>',
            'List-Unsubscribe-Post: List-Unsubscribe=One-Click']


def content_type(chance, number):
    """Returns the field, and (boundary, subtype) of a multipart or None."""
    if chance.random() < 0.5:
        return 'Content-Type: text/plain; charset=utf-8', None
    boundary = f'=-{number:x}-{chance.getrandbits(48):x}'
    kind = 'mixed' if chance.random() < 0.12 else 'alternative'
    return f'Content-Type: multipart/{kind};\r\n\tboundary="{boundary}"', (boundary, kind)


def header(chance, threads, seed, number, when):
    """Returns a header as bytes, and what content_type () said."""
    subject, thread = threads.fields(number)
    kind_field, kind = content_type(chance, number)
    fields = [
        *trace_fields(chance, number, when), *address_fields(chance), *thread,
        *list_fields(chance, number),
        f'Subject: {encode(subject)}',
        f'Date: {email.utils.formatdate(when - 5)}',
        f'Message-ID: <{message_id(seed, number)}>',
        'MIME-Version: 1.0', kind_field,
        f'X-Mailer: Letters {number % 9}',
    ]
    return '\r\n'.join(fields).encode() + b'\r\n\r\n', kind


def encode(text):
    if text.isascii():
        return text
    return f'=?utf-8?B?{base64.b64encode(text.encode()).decode()}?='


def message_id(seed, number):
    return f'{(number * 2654435761 + seed) % (1 << 32):08x}.{number}@mail{number % 40}.example'


def body(pool, size, multipart):
    if multipart is None:
        return pool.cut(pool.text, size) + b'\r\n'
    boundary, kind = multipart
    mark = f'\r\n--{boundary}\r\n'.encode()
    end = f'\r\n--{boundary}--\r\n'.encode()
    text = pool.cut(pool.text, min(size // 3, 4000))
    plain = mark + b'Content-Type: text/plain; charset=utf-8\r\n\r\n' + text + mark
    if kind == 'mixed':
        return (plain + b'Content-Type: application/pdf; name="plan.pdf"\r\n'
                b'Content-Disposition: attachment; filename="plan.pdf"\r\n'
                b'Content-Transfer-Encoding: base64\r\n\r\n' +
                pool.cut(pool.base64, size - len(text)) + end)
    return (plain + b'Content-Type: text/html; charset=utf-8\r\n\r\n<html><body><p>' +
            pool.cut(pool.text, size - len(text)).replace(b'.\r\n', b'.</p>\r\n<p>') +
            b'</p></body></html>' + end)
