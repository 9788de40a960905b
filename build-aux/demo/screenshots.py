"""Pictures of the main places, taken by acting as a person: build-aux/run --demo --screenshot DIR."""

import multiprocessing
import os
import subprocess
import tempfile

from servers import desktop, process
from ui.person import Person

BUDGET = 'Budget for the north pier'
GAZETTE = 'This week on the water'


class Photographer:
    """One program in one room, with one thing different from the usual."""

    def __init__(self, demo, directory, size=(1240, 800), profile=None, environment=None):
        self.demo = demo
        self.directory = directory
        self.size = size
        self.profile = profile or demo.profile
        self.environment = environment or {}

    def __enter__(self):
        width, height = self.size
        self.room = desktop.Desktop(width, height, keyring=False)
        self.room.__enter__()
        self.person = Person(self.room, [os.path.join(self.demo.build, 'src', 'pipit'),
                                         '--profile', self.profile], self.environment)
        self.person.start()
        return self

    def __exit__(self, *unused):
        self.person.close()
        self.room.__exit__()

    def take(self, name):
        path = os.path.join(self.directory, name + '.png')
        self.person.screenshot(path)
        # the screen is larger than the window: what is black around it goes
        subprocess.run(['convert', path, '-bordercolor', 'black', '-border', '1', '-trim', '+repage',
                        '-strip', path], check=False, stdin=subprocess.DEVNULL)
        print(path, flush=True)

    def wait_for_mail(self):
        self.person.find('list item', BUDGET, timeout_s=40)
        self.person.focus_window()

    def open(self, subject):
        self.person.click('list item', subject)
        self.person.xdotool('mousemove', '2', '2')


def take_window(demo, directory):
    with Photographer(demo, directory) as camera:
        person = camera.person
        camera.wait_for_mail()
        camera.open(BUDGET)
        person.find('label', 'north-pier-budget.ods')
        camera.take('inbox')

        camera.open(GAZETTE)
        person.wait(lambda: is_drawn(person), 'the newsletter')
        camera.take('conversation-html')

        camera.open(BUDGET)
        person.find('label', 'north-pier-budget.ods')
        person.key('ctrl+r')
        person.find('push button', 'Send', timeout_s=40)
        person.focus_window()
        person.type('Dear Jonas, I can sign, if the office agrees.')
        camera.take('composer')
        person.key('ctrl+w')
        person.activate('push button', 'Discard')
        person.wait_until_gone('push button', 'Attach Files')

        person.focus_window()
        person.key('ctrl+comma')
        person.find(None, 'Preferences')
        camera.take('preferences')


def is_drawn(person):
    """A web page has no accessible text on Debian 12: it is drawn when its frame has its height."""
    import time
    time.sleep(2.5)
    return person.look('label', 'Harbour Gazette') is not None


def take_narrow(demo, directory):
    with Photographer(demo, directory, size=(360, 720)) as camera:
        camera.wait_for_mail()
        camera.person.resize(360, 720)
        camera.take('narrow-list')
        camera.open(BUDGET)
        camera.person.find('label', 'Jonas Weir')
        camera.take('narrow-message')


def take_dark(demo, directory):
    with Photographer(demo, directory,
                      environment={'ADW_DEBUG_COLOR_SCHEME': 'prefer-dark'}) as camera:
        camera.wait_for_mail()
        camera.open(BUDGET)
        camera.person.find('label', 'north-pier-budget.ods')
        camera.take('dark')


def take_right_to_left(demo, directory):
    with Photographer(demo, directory,
                      environment={'LC_ALL': 'C.UTF-8', 'LANGUAGE': 'ar'}) as camera:
        camera.wait_for_mail()
        camera.open(BUDGET)
        camera.person.find('label', 'north-pier-budget.ods')
        camera.take('right-to-left')


def take_wizard(demo, directory):
    profile = tempfile.mkdtemp(prefix='pipit-demo-wizard-')
    try:
        with Photographer(demo, directory, size=(500, 780), profile=profile) as camera:
            person = camera.person
            person.find('label', 'Welcome to Pipit')
            person.focus_window()
            person.fill('text', 'Your name', 'Mara Lind')
            person.fill('text', 'E-mail address', 'mara@runbox.com')
            person.fill('text', 'Password', 'not the real one')
            person.find('label', 'Runbox')
            camera.take('wizard')
            # no network is asked: the name of the server cannot be found
            person.fill('text', 'E-mail address', 'mara@pipit.invalid')
            person.activate('push button', 'Continue')
            person.find('label', 'only guessed')
            person.activate('push button', 'Continue')
            person.find('push button', 'Change the Settings', timeout_s=40)
            camera.take('wizard-failed-test')
    finally:
        process.remove_directory(profile)


def take_all(demo, directory):
    # libatspi stays with the first bus that a process has used: a process for each room
    for take in (take_wizard, take_window, take_narrow, take_dark, take_right_to_left):
        child = multiprocessing.get_context('fork').Process(target=take, args=(demo, directory))
        child.start()
        child.join()
        if child.exitcode != 0:
            raise process.FixtureError(f'{take.__name__} took no picture')
