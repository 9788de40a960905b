"""Fills the wizard in as a person does who has no mouse."""


class Wizard:
    """@person: in front of the wizard's first page, with the cursor in its first field."""

    def __init__(self, person):
        self.person = person
        person.find('label', 'Welcome to Pipit')
        person.focus_window()

    def enter(self, dovecot, submission, address='alice@example.test', password='alicepw',
              name='alice', imap=None, smtp=None):
        """Types everything, up to the last field; `begin ()` goes on.

        Fields follow one another by Tab. libadwaita 1.2 tells no focus for its entries, so what
        arrived in them is looked at instead.

        @imap, @smtp: (host, port) in place of those of the two servers
        """
        imap = imap or ('localhost', dovecot.imaps_port)
        smtp = smtp or ('localhost', submission.submissions_port)
        self.enter_person(address, password)
        self.person.find('label', 'A provider that Pipit does not know')
        self.person.key('Return')
        # the keyboard is now in the first of the servers' fields
        self.person.find('label', 'only guessed')
        for number, (host, port) in enumerate((imap, smtp)):
            self.write(host, str(port))
            self.person.key('Tab')  # past the security
            self.write(name, stay=number == 1)
        for field, text in (('Server for receiving (IMAP)', imap[0]),
                            ('Port for receiving', str(imap[1])),
                            ('Server for sending (SMTP)', smtp[0]),
                            ('Port for sending', str(smtp[1])),
                            ('Name to sign in with, for sending', name)):
            assert self.content(field) == text, f'{field}: {self.content(field)} is not {text}'

    def enter_person(self, address, password):
        self.write('Alice Example', address)
        self.write(password, stay=True)

    def write(self, *texts, stay=False):
        """Puts each text in place of what a field has, and goes to the next one."""
        for text in texts:
            self.person.key('ctrl+a')
            self.person.type(text)
            if not stay:
                self.person.key('Tab')

    def content(self, field):
        return self.person.text(self.person.find('text', field))

    def begin(self):
        """Return in the last field is Continue."""
        self.person.key('Return')

    def trust(self, look=lambda name: None):
        """Looks at the certificate of the tests' own authority, and trusts it.

        @look: called with the name of each picture
        """
        person = self.person
        person.find('label', 'Nobody known vouches for localhost')
        look('certificate-problem')
        person.activate('push button', 'View the Certificate')
        person.find('label', 'This computer does not know who issued it')
        look('certificate')
        person.activate('push button', 'Trust This Certificate')
        person.wait_until_gone('label', 'This computer does not know who issued it')

    def set_up(self, dovecot, submission, **options):
        """From the first page to the mail."""
        self.enter(dovecot, submission, **options)
        self.begin()
        self.trust()
        self.trust()
        self.person.find('label', 'Your mail is on its way')
        self.person.activate('push button', 'Read Mail')
        self.person.wait_until_gone('label', 'Your mail is on its way')
