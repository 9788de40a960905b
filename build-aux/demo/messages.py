"""The sample mailbox: about 300 messages, with dates that end at the moment of the call.

messages (now) yields (mailbox, flags, datetime, bytes). The same `now` gives the same mail.
"""

import datetime
import random
import textwrap
from email.message import EmailMessage
from email.headerregistry import Address
from email.policy import SMTP
from email.utils import format_datetime

import pictures
from threads import LIST_THREAD, ME, PEOPLE, THREADS

UTC = datetime.timezone.utc

BUDGET = [('Works', 'Estimate'), ('Piles', '48,000'), ('Deck', '31,500'), ('Crane', '27,200'),
          ('Contingency, 9 %', '9,603')]


def attachments():
    crane = pictures.harbour(320, 180, dusk=0.6)
    return {
        'budget-1': ('north-pier-budget.ods', pictures.ods(BUDGET[:3]),
                     'application', 'vnd.oasis.opendocument.spreadsheet'),
        'budget-2': ('north-pier-budget.ods', pictures.ods(BUDGET),
                     'application', 'vnd.oasis.opendocument.spreadsheet'),
        'crane': ('crane.png', crane, 'image', 'png'),
        'harbour': ('gulls over the harbour.png', pictures.harbour(), 'image', 'png'),
        'dusk': ('Hafen am Abend – größer.png', pictures.harbour(dusk=1.0), 'image', 'png'),
        'depths': ('depths, page 12.pdf', pictures.pdf(['Depth at the entrance: 4.8 m']),
                   'application', 'pdf'),
        'timetable': ('расписание-зима.pdf', pictures.pdf(['06:40 08:40 10:40', '20:40 last']),
                      'application', 'pdf'),
        'offer': ('teklif.pdf', pictures.pdf(['Iskele, 24 m, mese']), 'application', 'pdf'),
        'winch': ('Angebot Winde (überarbeitet).pdf', pictures.pdf(['Winde, 60 m, RAL 5010']),
                  'application', 'pdf'),
        'sketch': ('esboço do banco.png', pictures.chart([2, 2, 2, 3, 3, 2, 2]), 'image', 'png'),
    }


def flowed(text):
    """Paragraphs as format=flowed (RFC 3676): a space at the end of a line that goes on."""
    lines = []
    for paragraph in text.rstrip('\n').split('\n\n'):
        if '\n' not in paragraph or any(not line[:1].isalpha() for line in paragraph.split('\n')):
            lines += paragraph.split('\n') + ['']
            continue
        if all(len(line) < 55 for line in paragraph.split('\n')):
            lines += paragraph.split('\n') + ['']
            continue
        lines += [line + ' ' for line in textwrap.wrap(paragraph.replace('\n', ' '), 70)]
        lines[-1] = lines[-1].rstrip(' ')
        lines.append('')
    return '\n'.join(lines)


def address(who):
    name, mail = PEOPLE[who] if isinstance(who, str) else who
    return Address(display_name=name, addr_spec=mail)


class Maker:
    def __init__(self, now):
        self.now = now
        self.count = 0
        self.random = random.Random(1899)
        self.files = attachments()

    def when(self, days, clock):
        """A time `days` before now at the clock of the day; never in the future."""
        hour, minute = (int(part) for part in clock.split('.'))
        day = self.now.replace(hour=hour, minute=minute, second=self.count % 60, microsecond=0)
        day -= datetime.timedelta(days=days)
        while day > self.now:
            day -= datetime.timedelta(hours=2)
        return day

    def message(self, when, sender, to, subject, cc=(), reply_to=None, thread=None):
        message = EmailMessage(policy=SMTP)
        self.count += 1
        host = address(sender).domain
        message['From'] = address(sender)
        message['To'] = [address(who) for who in to]
        if cc:
            message['Cc'] = [address(who) for who in cc]
        message['Subject'] = subject
        message['Date'] = format_datetime(when)
        message['Message-ID'] = '<%d.%d@%s>' % (int(when.timestamp()), self.count, host)
        if thread:
            message['In-Reply-To'] = thread[-1]
            message['References'] = ' '.join(thread)
        message['Authentication-Results'] = 'mx.lind.example; dkim=pass header.d=%s' % host
        return message

    def attach(self, message, name):
        file_name, data, main, sub = self.files[name]
        message.add_attachment(data, maintype=main, subtype=sub, filename=file_name)

    def threads(self):
        for subject, parts in THREADS:
            thread = []
            for index, (days, clock, sender, to, text, options) in enumerate(parts):
                when = self.when(days, clock)
                title = subject if index == 0 or subject.startswith('Re: ') else 'Re: ' + subject
                message = self.message(when, sender, to[:1], title, cc=to[1:], thread=thread)
                message.set_content(flowed(text), params={'format': 'flowed'})
                for name in options.get('attach', ()):
                    self.attach(message, name)
                if options.get('invite'):
                    self.invite(message, when)
                thread.append(message['Message-ID'])
                flags = '' if options.get('unread') else r'\Seen'
                if options.get('starred'):
                    flags += r' \Flagged'
                if index + 1 < len(parts) and parts[index + 1][2] == 'me' and sender != 'me':
                    flags += r' \Answered'
                folder = 'Sent' if sender == 'me' else options.get('folder', 'INBOX')
                yield folder, r'\Seen' if sender == 'me' else flags.strip(), when, message

    def invite(self, message, when):
        start = (when + datetime.timedelta(days=5)).replace(hour=13, minute=0, second=0)
        stamp = '%Y%m%dT%H%M%SZ'
        calendar = '\r\n'.join([
            'BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//Minato//Planner//JA', 'METHOD:REQUEST',
            'BEGIN:VEVENT', 'UID:breakwater-42@minato.example', 'DTSTAMP:' + when.strftime(stamp),
            'DTSTART:' + start.strftime(stamp),
            'DTEND:' + (start + datetime.timedelta(hours=2)).strftime(stamp),
            'SUMMARY:防波堤の打ち合わせ', 'LOCATION:港湾設計事務所 会議室2',
            'ORGANIZER;CN=渡辺 由紀:mailto:yuki.watanabe@minato.example',
            'ATTENDEE;CN=Mara Lind;RSVP=TRUE:mailto:mara@lind.example',
            'END:VEVENT', 'END:VCALENDAR', ''])
        message.add_attachment(calendar.encode(), maintype='text', subtype='calendar',
                               filename='invite.ics', params={'method': 'REQUEST'})

    def mailing_list(self):
        subject, parts = LIST_THREAD
        thread = []
        for index, (sender, text) in enumerate(parts):
            when = self.when(9 - index // 2, '%d.%02d' % (8 + index % 12, index * 7 % 60))
            message = self.message(when, sender, ['boatlist'],
                                   subject if index == 0 else 'Re: ' + subject, thread=thread)
            message['List-Id'] = 'Wooden boats, old and new <wooden-boats.lists.timber.example>'
            message['List-Post'] = '<mailto:wooden-boats@lists.timber.example>'
            message['List-Unsubscribe'] = '<https://lists.timber.example/leave>, <mailto:leave@lists.timber.example>'
            message['Precedence'] = 'list'
            quoted = '' if index == 0 else '\n> %s\n' % parts[index - 1][1]
            footer = '\n-- \nWooden boats, old and new\nhttps://lists.timber.example/wooden-boats\n'
            message.set_content(text + '\n' + quoted + footer)
            thread.append(message['Message-ID'])
            yield 'INBOX', r'\Seen' if index < 13 else '', when, message

    def tide_survey(self):
        """A machine that writes each morning, with an inline picture."""
        sender = ('Tidal Survey', 'stations@tidal.example')
        for day in range(45):
            when = self.when(day, '10.15' if day == 0 else '6.05')
            high = 4.2 + self.random.random()
            minute = self.random.randrange(60)
            message = self.message(when, sender, [ME], 'Station 7: readings of the night')
            message['Auto-Submitted'] = 'auto-generated'
            text = ('High water %02d:%02d, %.2f m. The gauge at the lock was %s.\n\n'
                    'Wind %d km/h from the %s, pressure %d hPa.\n' % (
                        2 + day % 4, minute, high,
                        self.random.choice(['quiet', 'restless until four', 'cleaned at five']),
                        self.random.randrange(4, 60),
                        self.random.choice(['north', 'west', 'south-west', 'east']),
                        self.random.randrange(985, 1032)))
            message.set_content(text)
            if day % 3 == 0:
                values = [1.2, 2.6, 4.0, high, 3.6, 2.0, 1.1, 1.9, 3.3, high - .2, 3.1, 1.6]
                html = ('<html><body style="font-family: sans-serif"><h2>Station 7</h2>'
                        '<p>%s</p><p><img src="cid:curve-%d@tidal.example" width="560" height="180" '
                        'alt="Tide curve"></p></body></html>'
                        % (text.replace('\n\n', '<br>'), day))
                message.add_alternative(html, subtype='html')
                message.get_payload()[1].add_related(
                    pictures.chart(values), maintype='image', subtype='png',
                    cid='<curve-%d@tidal.example>' % day)
            yield 'INBOX', '' if day < 2 else r'\Seen', when, message

    def gazette(self):
        """A weekly newsletter in HTML with remote pictures."""
        sender = ('Harbour Gazette', 'news@gazette.example')
        stories = [
            ('The ferry goes back to its winter times', 'From Monday every two hours, and the last one waits for the cinema.'),
            ('Fish market moves indoors', 'The hall has a new roof and, for the first time, a stove.'),
            ('A seal in the marina', 'It sleeps on pontoon C and does not pay.'),
            ('The lighthouse has a new keeper', 'Nobody has to climb the 214 steps for it, but she does anyway.'),
            ('Dredging begins', 'Until Christmas the bucket ship works at night. It is less loud than the gulls.'),
            ('Choir on the quay', 'Forty voices, one accordion, bring a blanket.'),
            ('Old rope, new mats', 'The workshop at the yard sells door mats for the sea rescue.'),
        ]
        for week in range(30):
            when = self.when(week * 7, '7.30')
            first, second, third = self.random.sample(stories, 3)
            message = self.message(when, sender, [ME], 'This week on the water: ' + first[0].lower())
            message['List-Id'] = '<gazette.gazette.example>'
            message['List-Unsubscribe'] = '<https://gazette.example/unsubscribe?reader=%d>' % week
            message['List-Unsubscribe-Post'] = 'List-Unsubscribe=One-Click'
            message.set_content('\n\n'.join('%s\n%s' % story for story in (first, second, third))
                                + '\n\nhttps://gazette.example/this-week\n')
            items = ''.join(
                '<tr><td style="padding:16px 24px"><h2 style="font:600 18px Georgia,serif;margin:0 0 6px;color:#1a5fb4">%s</h2>'
                '<p style="font:15px/1.5 Georgia,serif;margin:0;color:#333">%s '
                '<a href="https://gazette.example/%d/%d" style="color:#1c71d8">Read on</a></p></td></tr>'
                % (title, text, week, number) for number, (title, text) in enumerate((first, second, third)))
            message.add_alternative(
                '<!DOCTYPE html><html><head><style>h2{letter-spacing:.2px}'
                '@media (max-width:480px){td{padding:12px!important}}</style></head>'
                '<body style="margin:0;background:#eef2f6"><div style="display:none">%s</div>'
                '<table align="center" width="600" style="max-width:100%%;background:#fff;border-collapse:collapse">'
                '<tr><td style="background:#1a5fb4;padding:20px 24px">'
                '<img src="cid:gull@gazette.example" width="36" height="36" alt="" style="vertical-align:middle"> '
                '<span style="font:700 24px Georgia,serif;color:#fff;vertical-align:middle">Harbour Gazette</span></td></tr>'
                '<tr><td><img src="https://images.gazette.example/week/%d.jpg" width="600" height="200" alt="The harbour this week" '
                'style="display:block;width:100%%;background:#dde6ef"></td></tr>%s'
                '<tr><td style="padding:16px 24px;font:12px sans-serif;color:#777">You get this because you asked for it. '
                '<a href="https://gazette.example/unsubscribe">Leave the list</a>'
                '<img src="https://count.gazette.example/open?r=%d" width="1" height="1" alt=""></td></tr></table></body></html>'
                % (second[1], week, items, 4711 + week), subtype='html')
            message.get_payload()[1].add_related(
                pictures.gull(), maintype='image', subtype='png', cid='<gull@gazette.example>')
            yield 'INBOX' if week < 8 else 'Archive', '' if week == 0 else r'\Seen', when, message

    def library(self):
        titles = ['The Sea and the Sledge', 'Knots for Two Hands', 'Ålesund by Night', 'Tides, a Primer',
                  'Small Harbours of the North', 'Soup', 'The Boat Nobody Ordered', 'Weather for Walkers']
        for number in range(20):
            when = self.when(number * 9, '8.30')
            one, two = self.random.sample(titles, 2)
            message = self.message(when, ('City Library', 'loans@library.example'), [ME],
                                   'Two books are due on Friday' if number % 2 == 0 else 'Your reservation is ready')
            message['Auto-Submitted'] = 'auto-generated'
            message.set_content(
                'Dear reader,\n\n  * %s\n  * %s\n\nYou can renew both once more, by answering this message with the word '
                'RENEW, or at https://library.example/loans?card=00%d.\n\nCity Library\n' % (one, two, 4000 + number))
            yield 'INBOX' if number < 6 else 'Archive', r'\Seen', when, message

    def receipts(self):
        shops = [('Runbox', 'billing@runbox.example', 'Your receipt for the year', 39.95),
                 ('Harbour Bakery', 'till@bakery.example', 'Receipt: four loaves', 18.40),
                 ('Ropes & Sails', 'orders@ropes.example', 'Your order has been sent', 64.00),
                 ('Tram Company', 'tickets@tram.example', 'Ticket for zone 2', 3.20),
                 ('Electric Co-operative', 'bills@power.example', 'Your bill of the month', 41.77)]
        for number in range(40):
            shop, mail, subject, price = shops[number % len(shops)]
            when = self.when(1 + number * 4, '%d.%02d' % (7 + number % 13, number * 11 % 60))
            message = self.message(when, (shop, mail), [ME], subject)
            amount = price + number % 7
            message.set_content('Thank you for staying with us. This receipt is for your records.\n\n'
                                'Amount   %8.2f\nTax      %8.2f\n' % (amount, amount * .2))
            message.add_alternative(
                '<html><body><p>Thank you for staying with us. This receipt is for your records.</p>'
                '<table border="0" cellpadding="6"><tr><td>Amount</td><td align="right"><b>%.2f</b></td></tr>'
                '<tr><td>Tax</td><td align="right">%.2f</td></tr></table></body></html>'
                % (amount, amount * .2), subtype='html')
            if number % 3 == 0:
                message.add_attachment(pictures.pdf([shop, subject, 'Amount %.2f' % amount]),
                                       maintype='application', subtype='pdf',
                                       filename='receipt-%04d.pdf' % (1200 + number))
            yield 'INBOX' if number < 12 else 'Archive', r'\Seen', when, message

    def notes(self):
        """Short letters over the past year, so that the archive has a past."""
        openings = ['The ice on the inner basin is gone.', 'I walked the whole breakwater today.',
                    'The new piles arrived on a barge from the east.', 'Nobody has seen the harbour cat since Tuesday.',
                    'The council moved the date again.', 'We found your glove.', 'The swallows are back under the crane.',
                    'The survey boat ran aground, gently.', 'There is a film about the lighthouse tonight.']
        closings = ['Tell me when you are in town.', 'No answer needed.', 'Could you look at it before Friday?',
                    'The rest when we meet.', 'Greetings from all of us.', 'I owe you a coffee.']
        writers = ['tom', 'piet', 'ode', 'salma', 'jonas', 'rosa', 'bjorn', 'zoe']
        subjects = ['A word about the {0}', 'The {0} again', '{0}', 'News of the {0}', 'Question: the {0}']
        things = ['breakwater', 'ferry', 'harbour cat', 'crane', 'lock gate', 'regatta', 'slipway', 'tide table',
                  'winter plan', 'rope store', 'lighthouse', 'mooring', 'pilot boat', 'old quay']
        for number in range(90):
            when = self.when(17 + number * 4, '%d.%02d' % (7 + number * 5 % 14, number * 13 % 60))
            writer = writers[number % len(writers)]
            thing = self.random.choice(things)
            subject = self.random.choice(subjects).format(thing)
            message = self.message(when, writer, ['me'], subject[0].upper() + subject[1:])
            message.set_content('%s %s\n\n%s\n' % (*self.random.sample(openings, 2), self.random.choice(closings)))
            yield 'Archive', r'\Seen' + (r' \Flagged' if number % 31 == 0 else ''), when, message

    def oddities(self):
        """What real mailboxes hold as well."""
        when = self.when(21, '12.34')
        message = self.message(when, 'tom', ['me'], 'A very long subject that somebody must have dictated while walking '
                               'along the whole length of the breakwater and back again, without once stopping for breath, '
                               'and which therefore says in the subject what others say in three letters and a postcard')
        message.set_content('See above.\n')
        yield 'INBOX', r'\Seen', when, message

        when = self.when(22, '9.00')
        message = self.message(when, 'piet', ['me'], '')
        message.set_content('no subject, sorry, thumbs\n')
        yield 'INBOX', r'\Seen', when, message

        when = self.when(23, '10.10')
        inner = self.message(self.when(30, '9.09'), 'nikos', ['jonas'], 'Lamp of the north mole')
        inner.set_content('Green, every five seconds, from the first of the month.\n')
        message = self.message(when, 'jonas', ['me'], 'Fwd: Lamp of the north mole')
        message.set_content('For your files.\n\nJonas\n')
        message.add_attachment(inner)
        yield 'INBOX', r'\Seen', when, message

        when = self.when(26, '18.00')
        message = self.message(when, 'salma', ['me'], 'My card, at last')
        message.set_content('With the new number.\n')
        card = 'BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Salma Idris\r\nEMAIL:salma@idris.example\r\nTEL:+1 555 0142\r\nEND:VCARD\r\n'
        message.add_attachment(card.encode(), maintype='text', subtype='vcard', filename='salma.vcf')
        yield 'INBOX', r'\Seen', when, message

        when = self.when(27, '5.55')
        message = self.message(when, ('Tidal Survey', 'stations@tidal.example'), [ME], 'Raw readings of the month')
        rows = ['%02d %02d:%02d  %5.2f m' % (1 + i // 48, i // 2 % 24, 30 * (i % 2), 3 + 1.8 * (i * 7919 % 101) / 101)
                for i in range(1440)]
        message.set_content('Day Time    Level\n' + '\n'.join(rows) + '\n')
        yield 'Archive', r'\Seen', when, message

        when = self.when(19, '3.21')
        raw = ('From: "Mail Delivery System" <mailer-daemon@lind.example>\r\nTo: mara@lind.example\r\n'
               'Subject: Undelivered mail returned to sender\r\nDate: %s\r\nMessage-ID: <bounce.1@lind.example>\r\n'
               'Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n'
               'Content-Type: multipart/report; report-type=delivery-status; boundary="=_b"\r\n\r\n'
               '--=_b\r\nContent-Type: text/plain\r\n\r\nYour message to ode@fairwether.example could not be delivered:\r\n'
               'the domain does not exist. Is it "fairweather"?\r\n'
               '--=_b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.lind.example\r\n\r\n'
               'Final-Recipient: rfc822; ode@fairwether.example\r\nAction: failed\r\nStatus: 5.1.2\r\n\r\n--=_b--\r\n'
               % format_datetime(when))
        yield 'INBOX', r'\Seen', when, raw.encode()

        when = self.when(29, '11.11')
        raw = ('From: =?iso-8859-1?Q?Ren=E9_Cl=E9ment?= <rene@vieuxport.example>\r\nTo: mara@lind.example\r\n'
               'Subject: =?iso-8859-1?Q?L=27=E9t=E9_au_vieux_port?=\r\nDate: %s\r\nMessage-ID: <ete.7@vieuxport.example>\r\n'
               'MIME-Version: 1.0\r\nContent-Type: text/plain; charset=iso-8859-1; format=flowed\r\n'
               'Content-Transfer-Encoding: 8bit\r\n\r\n'
               'Ch\u00e8re Mara, \r\nl\u2019\u00e9t\u00e9 a \u00e9t\u00e9 long et le vieux port sent encore le goudron. \r\n'
               'Nous rentrons les bateaux la semaine prochaine; venez donc \r\nnous aider, il y aura de la soupe.\r\n\r\n'
               '\u00c0 bient\u00f4t,\r\nRen\u00e9\r\n' % format_datetime(when)).replace('\u2019', "'")
        yield 'INBOX', r'\Seen', when, raw.encode('iso-8859-1')

        when = self.when(17, '0.30')
        message = self.message(when, ('Prize Office', 'win@prize.example'), [ME], 'You have WON a crane!!!')
        message.set_content('Click here: http://prize.example/claim\n')
        message.add_alternative('<html><body><h1>You have WON</h1><p><a href="http://203.0.113.9/claim">'
                                'https://www.harbour.example/</a></p><script>document.title = "gone"</script>'
                                '<img src="http://203.0.113.9/seen.gif"></body></html>', subtype='html')
        yield 'Junk', '', when, message

        when = self.when(3, '23.10')
        message = self.message(when, 'tom', ['me'], 'Old list of bollards')
        message.set_content('Not needed any more.\n')
        yield 'Trash', r'\Seen', when, message


def messages(now=None):
    """Yields (mailbox, flags, datetime, bytes), oldest first."""
    maker = Maker(now or datetime.datetime.now(UTC).astimezone())
    made = []
    for source in (maker.threads, maker.mailing_list, maker.tide_survey, maker.gazette, maker.library,
                   maker.receipts, maker.notes, maker.oddities):
        made.extend(source())
    made.sort(key=lambda item: item[2])
    for mailbox, flags, when, message in made:
        yield mailbox, flags, when, message if isinstance(message, bytes) else message.as_bytes()


if __name__ == '__main__':
    counts = {}
    for mailbox, _flags, _when, data in messages():
        counts.setdefault(mailbox, [0, 0])
        counts[mailbox][0] += 1
        counts[mailbox][1] += len(data)
    for mailbox, (count, size) in counts.items():
        print('%-8s %4d messages %8d bytes' % (mailbox, count, size))
