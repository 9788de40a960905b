"""Synthetic messages: a few of every kind that people receive, or many small ones fast."""

import email.message
import email.policy
import email.utils
import random
import struct
import zlib

# One day in November 2023; all dates are counted back from here, so that runs agree.
NEWEST = 1700000000

PEOPLE = ['Ada Vogel', 'Björn Ström', 'Chloé Lefèvre', 'Dmitri Orlov', 'Emre Yılmaz', 'Fatima Zahra',
          'Giulia Conti', 'Hana Kimura', 'Ines Álvarez', 'Jan Novák', 'Kofi Mensah', 'Lena Groß']

TOPICS = ['garden party', 'train tickets', 'budget for spring', 'the broken heating', 'reading list',
          'choir rehearsal', 'invoice for May', 'photographs', 'new address', 'bicycle repair',
          'minutes of the meeting', 'recipe']

WORDS = ('morning letter window garden river answer paper evening station bread music weather '
         'question kitchen bridge summer friend number story village picture market winter '
         'little quiet early green second open long warm bright small simple').split()

POLICY = email.policy.SMTP.clone(max_line_length=78)


def address_of(person):
    plain = person.lower().translate(str.maketrans('öéıßáèç', 'oeisaec')).replace(' ', '.')
    return plain.encode('ascii', 'ignore').decode() + '@people.example'


def sentences(chance, count):
    made = [' '.join(chance.choices(WORDS, k=chance.randint(4, 12))) for _ in range(count)]
    return ' '.join(one.capitalize() + '.' for one in made)


def blank(chance, number, subject, when=None):
    """Returns a message that has every header that a good one has, and no body."""
    person = chance.choice(PEOPLE)
    message = email.message.EmailMessage(policy=POLICY)
    message['From'] = email.utils.formataddr((person, address_of(person)))
    message['To'] = 'Alice Example <alice@example.test>'
    message['Subject'] = subject
    message['Date'] = email.utils.formatdate(NEWEST - number * 3600 if when is None else when)
    message['Message-ID'] = f'<{number}.{chance.getrandbits(64):x}@people.example>'
    return message


def plain(chance, number):
    message = blank(chance, number, chance.choice(TOPICS).capitalize())
    message.set_content('\n\n'.join(sentences(chance, 4) for _ in range(3)) + '\n')
    return message


def quoted_reply(chance, number):
    message = blank(chance, number, 'Re: ' + chance.choice(TOPICS))
    message['In-Reply-To'] = '<nobody.knows@people.example>'
    message['References'] = '<older.still@people.example> <nobody.knows@people.example>'
    quote = '\n'.join('> ' + sentences(chance, 1) for _ in range(6))
    message.set_content(f'{sentences(chance, 2)}\n\nOn Monday, somebody wrote:\n{quote}\n> > Older.\n')
    return message


def html_and_text(chance, number):
    message = blank(chance, number, 'Newsletter: ' + chance.choice(TOPICS))
    message['List-Id'] = 'Weekly letter <weekly.lists.example>'
    message['List-Unsubscribe'] = '<https://lists.example/leave>, <mailto:leave@lists.example>'
    message['List-Unsubscribe-Post'] = 'List-Unsubscribe=One-Click'
    message.set_content(sentences(chance, 3) + '\n')
    message.add_alternative(
        f'<!DOCTYPE html><html><body><h1>Weekly</h1><p>{sentences(chance, 3)}</p>'
        '<p><a href="https://lists.example/more">More</a></p></body></html>\n', subtype='html')
    return message


def html_only(chance, number):
    message = blank(chance, number, 'Your order has been sent')
    message.set_content(f'<p>{sentences(chance, 2)}</p><table><tr><td>1 ×</td><td>teapot</td></tr>'
                        '</table>', subtype='html')
    return message


def inline_picture(chance, number):
    message = blank(chance, number, 'Photograph')
    message.set_content('See the picture.\n')
    message.add_alternative('<p>See <img src="cid:picture@people.example" alt="dots"></p>',
                            subtype='html')
    message.get_payload()[1].add_related(tiny_png(), 'image', 'png', filename='dots.png',
                                         cid='<picture@people.example>')
    return message


def attachments(chance, number):
    message = blank(chance, number, 'Papers')
    message.set_content('Two files, as promised.\n')
    message.add_attachment(b'%PDF-1.4\n' + chance.randbytes(3000) + b'\n%%EOF\n', 'application', 'pdf',
                           filename='Übersicht 2023 – endgültig.pdf')
    message.add_attachment('a;b\n1;2\n', subtype='csv', filename='table.csv')
    return message


def forwarded(chance, number):
    message = blank(chance, number, 'Fwd: ' + chance.choice(TOPICS))
    message.set_content('For you to know.\n')
    message.add_attachment(plain(chance, number + 100000))
    return message


def invitation(chance, number):
    message = blank(chance, number, 'Invitation: choir rehearsal')
    message.set_content('Thursday at seven.\n')
    message.add_alternative(
        'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\nPRODID:-//Pipit tests//EN\r\n'
        'BEGIN:VEVENT\r\nUID:rehearsal@people.example\r\nDTSTAMP:20231101T120000Z\r\n'
        'DTSTART:20231116T190000Z\r\nDTEND:20231116T210000Z\r\nSUMMARY:Rehearsal\r\n'
        'END:VEVENT\r\nEND:VCALENDAR\r\n', subtype='calendar', params={'method': 'REQUEST'})
    return message


def in_charset(chance, number):
    charset, subject, text = chance.choice([
        ('koi8-r', 'Привет из Казани', 'Здравствуйте!\nДо встречи в субботу.\n'),
        ('shift_jis', '会議のお知らせ', '明日の会議は三時からです。\n'),
        ('iso-2022-jp', 'お元気ですか', '桜が咲きました。\n'),
        ('gb18030', '新年快乐', '祝您新年快乐，万事如意。\n'),
        ('windows-1256', 'مرحبا', 'مرحبا، كيف حالك؟\n'),
        ('windows-1255', 'שלום', 'שלום רב, נתראה מחר.\n'),
        ('iso-8859-15', 'Prix en €', 'Voilà : 12 € la pièce.\n'),
        ('utf-8', 'Grüße 🎉', 'Alles Gute zum Geburtstag! 🎂\n'),
    ])
    message = blank(chance, number, subject)
    message.set_content(text, charset=charset,
                        cte=chance.choice(['quoted-printable', 'base64']))
    return message


def without_much(chance, number):
    """What broken programs send: no Date, no Message-ID, no Content-Type, a bare address."""
    return (b'From: robot@machines.example\r\nTo: undisclosed-recipients:;\r\n'
            b'Subject: job ' + str(number).encode() + b' done\r\n\r\nok\r\n')


def empty(chance, number):
    message = blank(chance, number, '')
    message.set_content('')
    return message


KINDS = [plain, quoted_reply, html_and_text, html_only, inline_picture, attachments, forwarded,
         invitation, in_charset, without_much, empty]


def varied_messages(count, seed=1):
    """Yields (bytes, INTERNALDATE, flags) of every kind in turn, the oldest first."""
    chance = random.Random(seed)
    for number in reversed(range(count)):
        message = KINDS[number % len(KINDS)](chance, number)
        flags = chance.choice([(), ('\\Seen',), ('\\Seen',), ('\\Seen', '\\Flagged')])
        yield as_bytes(message), NEWEST - number * 3600, flags


def thread(length, seed=1, subject='A plan'):
    """Yields the messages of one conversation, each answering the one before."""
    chance = random.Random(seed)
    parents = []
    for number in range(length):
        message = blank(chance, number, subject if number == 0 else 'Re: ' + subject,
                        when=NEWEST - (length - number) * 600)
        if parents:
            message['In-Reply-To'] = parents[-1]
            message['References'] = ' '.join(parents[-20:])
        message.set_content(sentences(chance, 3) + '\n')
        parents.append(message['Message-ID'])
        yield as_bytes(message)


def small_messages(count, seed=1):
    """Yields (bytes, INTERNALDATE, flags) of short plain messages; 100,000 take a second.

    About one in four answers an earlier one; two of three are seen.
    """
    chance = random.Random(seed)
    people = [(person, address_of(person)) for person in PEOPLE if person.isascii()]
    for number in range(count):
        person, address = people[number % len(people)]
        topic = TOPICS[number % 7 + number % 5]
        when = NEWEST - (count - number) * 60
        answered = number - chance.randint(1, 20)
        references = ''
        if number % 4 == 0 and answered >= 0:
            references = f'In-Reply-To: <s{seed}.{answered}@people.example>\r\n'
            topic = 'Re: ' + topic
        yield (f'From: {person} <{address}>\r\nTo: alice@example.test\r\n'
               f'Subject: {topic} {number}\r\nDate: {email.utils.formatdate(when)}\r\n'
               f'Message-ID: <s{seed}.{number}@people.example>\r\n{references}'
               'MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n'
               f'Number {number}. {" ".join(chance.choices(WORDS, k=25))}.\r\n').encode(), when, \
            () if number % 3 == 0 else ('\\Seen',)


def large_message(size_bytes, seed=1):
    """Returns one message whose attachment has @size_bytes before its base64."""
    chance = random.Random(seed)
    message = blank(chance, seed, 'Something large')
    message.set_content('The file is below.\n')
    message.add_attachment(chance.randbytes(size_bytes), 'application', 'octet-stream',
                           filename='large.bin')
    return as_bytes(message)


def as_bytes(message):
    return message if isinstance(message, bytes) else message.as_bytes()


def write_mbox(file, many):
    """Writes messages, as bytes or (bytes, INTERNALDATE, flags), as an mbox."""
    for one in many:
        content, when, flags = one if isinstance(one, tuple) else (one, NEWEST, ())
        head, separator, body = content.replace(b'\r\n', b'\n').partition(b'\n\n')
        stamp = email.utils.formatdate(when).split()
        file.write(f'From x@y.example {stamp[0][:3]} {stamp[2]} {stamp[1]} {stamp[4]} {stamp[3]}\n'
                   .encode())
        file.write(head + b'\n' + mbox_flags(flags) + b'\n' + body.replace(b'\nFrom ', b'\n>From '))
        file.write(b'\n\n')


def mbox_flags(flags):
    status = 'RO' if '\\Seen' in flags else 'O'
    more = ''.join(letter for flag, letter in (('\\Answered', 'A'), ('\\Flagged', 'F'),
                                               ('\\Draft', 'T'), ('\\Deleted', 'D'))
                   if flag in flags)
    return f'Status: {status}\nX-Status: {more}\n'.encode()


def tiny_png():
    """Returns a picture of 2 by 2 dots."""
    def chunk(kind, data):
        return (struct.pack('>I', len(data)) + kind + data +
                struct.pack('>I', zlib.crc32(kind + data)))

    rows = b'\0\xff\0\0\0\xff\0' + b'\0\0\0\xff\xff\xff\xff'
    return (b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', 2, 2, 8, 2, 0, 0, 0)) +
            chunk(b'IDAT', zlib.compress(rows)) + chunk(b'IEND', b''))
