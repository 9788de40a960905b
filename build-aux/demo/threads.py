"""The written conversations of the sample mailbox.

Each thread: (subject, [message, ...]); each message: (days before now, hour.minute, sender, recipients,
text, options). 'me' is the owner of the account. Options: attach, html, unread, starred, folder.
"""

ME = ('Mara Lind', 'mara@lind.example')

PEOPLE = {
    'me': ME,
    'jonas': ('Jonas Weir', 'jonas.weir@harbour.example'),
    'office': ('Harbour Office', 'office@harbour.example'),
    'salma': ('Salma Idris', 'salma@idris.example'),
    'ode': ('Ode Fairweather', 'ode@fairweather.example'),
    'piet': ('Piet de Boer', 'piet@deboer.example'),
    'anna': ('Anna Kowalczyk', 'anna.kowalczyk@galeria.example'),
    'yuki': ('渡辺 由紀', 'yuki.watanabe@minato.example'),
    'li': ('李 文', 'li.wen@haigang.example'),
    'minjun': ('김민준', 'minjun.kim@bada.example'),
    'layla': ('ليلى حداد', 'layla.haddad@mina.example'),
    'noa': ('נועה לוי', 'noa.levi@namal.example'),
    'reza': ('رضا کریمی', 'reza.karimi@bandar.example'),
    'olga': ('Ольга Смирнова', 'olga.smirnova@port.example'),
    'nikos': ('Νίκος Παππάς', 'nikos.pappas@limani.example'),
    'asli': ('Aslı Yıldız', 'asli.yildiz@liman.example'),
    'priya': ('प्रिया शर्मा', 'priya.sharma@bandargah.example'),
    'somchai': ('สมชาย ใจดี', 'somchai@tha.example'),
    'bjorn': ('Bjørn Ås', 'bjorn.as@brygga.example'),
    'zoe': ('Zoë Müller-Grün', 'zoe.mueller@werft.example'),
    'tom': ('Tom Hallett', 'tom@hallett.example'),
    'ines': ('Inês Carvalho', 'ines.carvalho@cais.example'),
    'rosa': ('Rosa Lind', 'rosa@lind.example'),
    'boatlist': ('Wooden Boats', 'wooden-boats@lists.timber.example'),
}

THREADS = [
    ('Budget for the north pier', [
        (4, '16.20', 'me', ['jonas', 'office'], '''Hello both,

here is the first table for the north pier. The crane is part of the general works for now, and I
have put the contingency at seven percent.

Mara
''', {'attach': ['budget-1']}),
        (3, '09.05', 'jonas', ['me', 'office'], '''Could you split the crane from the rest? The council asks
what it costs alone, and I would rather tell them before they find a figure of their own.

Also: seven percent is brave for works in the water.

Jonas
''', {}),
        (2, '11.48', 'office', ['me', 'jonas'], '''The harbour office would like to see the dry weeks of March in the plan, please.

Kind regards
Harbour Office
''', {}),
        (0, '10.42', 'jonas', ['me', 'office'], '''Dear Mara,

thank you for the new table. The crane is in its own line, as we asked, and nine percent for
contingency is what I would have chosen as well. If the council agrees on Thursday, the yard can
start in the first dry week of March.

One question remains: who signs for the harbour office?

Jonas

> The revised table is attached. The crane is now in its own line, as you asked, and the
> contingency is at nine percent.
> Please tell me by Wednesday if the council wants anything else in it.
''', {'attach': ['budget-2', 'crane'], 'unread': True, 'starred': True}),
    ]),
    ('Photos from the launch', [
        (1, '18.30', 'salma', ['me', 'ode'], '''Here are the best six. The one with the gulls is for your wall.

Salma
''', {'attach': ['harbour', 'dusk'], 'unread': True}),
        (1, '19.02', 'ode', ['salma', 'me'], '''The second one! Look at the light on the water. May I print it for the café?

Ode

On Saturday Salma Idris wrote:
> Here are the best six. The one with the gulls is for your wall.
''', {'unread': True}),
    ]),
    ('Spare key for the boathouse', [
        (6, '08.12', 'piet', ['me'], '''Morning Mara, is there still a spare key somewhere? I left mine on the ferry.
Piet
''', {}),
        (6, '08.31', 'me', ['piet'], '''It hangs where it always hung. Mind the second step, it is loose again.

Mara
''', {}),
        (5, '21.17', 'piet', ['me'], '''Found it. And I mended the step while I was there.

> It hangs where it always hung. Mind the second step, it is loose again.
''', {}),
    ]),
    ('来週の打ち合わせについて', [
        (0, '09.58', 'yuki', ['me'], '''マーラ様

お世話になっております。来週の打ち合わせですが、水曜日の午後はいかがでしょうか。
資料は前日までにお送りいたします。

・防波堤の図面
・潮位の記録（三か月分）
・予算の見直し

どうぞよろしくお願いいたします。

渡辺 由紀
港湾設計事務所
''', {'unread': True, 'invite': True}),
    ]),
    ('Zaproszenie na wernisaż', [
        (10, '12.00', 'anna', ['me'], '''Serdecznie zapraszam na otwarcie wystawy w sobotę o godzinie osiemnastej.

Pokażę dwanaście nowych obrazów, wszystkie o świetle nad zatoką. Będzie wino, żurek i dużo
dobrych ludzi. Przyjdź, nawet jeśli tylko na chwilę!

Ściskam
Anna
''', {}),
        (9, '20.11', 'me', ['anna'], '''Of course I come, and I bring Salma. Is the tram running again?

Mara
''', {}),
        (9, '20.40', 'anna', ['me'], '''Tak, od piątku. Przystanek nazywa się teraz „Nabrzeże”.
''', {}),
    ]),
    ('مرحبا من الميناء', [
        (3, '14.25', 'layla', ['me'], '''عزيزتي مارا،

وصلت الرسومات الجديدة للرصيف الشمالي، وهي واضحة جداً. لدينا سؤال واحد فقط: هل عمق المياه عند
المدخل 4.8 متر أم 5.2 متر؟ الرقمان موجودان في الصفحة 12.

مع أطيب التحيات،
ليلى
''', {'unread': True}),
        (2, '09.15', 'me', ['layla'], '''Dear Layla,

4.8 m is right; page 12 still carries the survey of 2019. I will send a corrected sheet (PDF) today.

Mara
''', {'attach': ['depths']}),
        (2, '10.02', 'layla', ['me'], '''شكراً جزيلاً! سنستخدم 4.8 متر.

> 4.8 m is right; page 12 still carries the survey of 2019.
''', {}),
    ]),
    ('סירת העץ הישנה', [
        (12, '17.40', 'noa', ['me'], '''שלום מרה,

מצאנו את הסירה של סבא במחסן. העץ נראה טוב, אבל התפרים פתוחים. האם את מכירה מישהו שיודע לעבוד עם
פשתן וזפת (oakum)? נשמח לשלם עבור הנסיעה.

נועה
''', {}),
        (11, '08.55', 'me', ['noa', 'piet'], '''Dear Noa, Piet in copy has caulked more seams than anyone I know.

Mara
''', {}),
    ]),
    ('درباره‌ی نقشه‌ی بندر', [
        (20, '11.30', 'reza', ['me'], '''سلام مارا،

نقشه‌ی قدیمی بندر را پیدا کردم؛ سال ۱۲۹۸. اگر بخواهید، اسکن آن را می‌فرستم.

با احترام
رضا
''', {}),
    ]),
    ('Re: расписание паромов на зиму', [
        (7, '13.13', 'olga', ['me'], '''Мара, добрый день!

С первого декабря паром ходит раз в два часа, последний — в 20:40. Расписание во вложении; если
заметите ошибку, напишите сегодня, завтра печатаем.

Ольга
''', {'attach': ['timetable']}),
    ]),
    ('Το νέο φανάρι', [
        (15, '19.19', 'nikos', ['me'], '''Αγαπητή Μάρα,

το φανάρι στον βόρειο μώλο ανάβει ξανά. Πράσινο, κάθε πέντε δευτερόλεπτα. Έλα να το δεις!

Νίκος
''', {}),
    ]),
    ('İskele için teklif', [
        (18, '10.10', 'asli', ['me'], '''Merhaba Mara,

iskele için istediğiniz teklif ektedir. Meşe yerine karaçam kullanırsak fiyat yüzde on beş düşüyor,
ama ömrü de kısalıyor. Kararı size bırakıyorum.

Aslı
''', {'attach': ['offer']}),
    ]),
    ('बंदरगाह की यात्रा', [
        (25, '07.45', 'priya', ['me'], '''नमस्ते मारा,

हमारे छात्र मार्च में आपका बंदरगाह देखना चाहते हैं। कुल चौबीस लोग होंगे। क्या यह संभव है?

धन्यवाद,
प्रिया
''', {}),
        (24, '12.00', 'me', ['priya'], '''Dear Priya, twenty-four is just what the pilot boat takes in two trips. Any Tuesday suits us.

Mara
''', {}),
    ]),
    ('ตารางน้ำขึ้นน้ำลง', [
        (28, '06.10', 'somchai', ['me'], '''สวัสดีครับคุณมารา

ขอบคุณสำหรับข้อมูลระดับน้ำ เราเปรียบเทียบกับสถานีของเราแล้ว ต่างกันเพียงสองเซนติเมตร

สมชาย
''', {}),
    ]),
    ('关于防波堤的照片', [
        (8, '10.26', 'li', ['me'], '''玛拉您好：

附件是防波堤施工的照片，一共三张。混凝土已经浇筑完毕，预计两周后可以拆模。
如需更高分辨率的版本，请告诉我。

李文
''', {'attach': ['harbour']}),
    ]),
    ('다음 달 방문 일정', [
        (13, '15.50', 'minjun', ['me'], '''마라 님께,

다음 달 12일에 방문해도 괜찮을까요? 세 명이 함께 갈 예정이며, 북쪽 부두와 수문을 보고 싶습니다.

감사합니다.
김민준 드림
''', {}),
    ]),
    ('Båten på land', [
        (5, '07.07', 'bjorn', ['me'], '''Hei Mara,

båten står på land nå, og kjølen ser bedre ut enn vi trodde. Jeg tar bilder i morgen når det er lyst.
Trenger vi flere bukker? Jeg har fire, og Åse kan låne bort to.

Bjørn
''', {}),
        (4, '06.50', 'bjorn', ['me'], '''Bildene kommer i kveld, kameraet var tomt.

Bjørn
''', {}),
        (4, '12.12', 'me', ['bjorn'], '''Four will do if the ground is dry. I look on Friday.

Mara
''', {}),
    ]),
    ('Angebot für die Winde, überarbeitet', [
        (11, '16.03', 'zoe', ['me'], '''Liebe Mara,

anbei das überarbeitete Angebot für die Winde. Gegenüber der ersten Fassung haben wir

  1. die Seillänge auf 60 m erhöht,
  2. die Bremse doppelt ausgeführt,
  3. den Anstrich (RAL 5010) in den Preis aufgenommen.

Der Preis gilt bis Ende des Jahres. Größere Abweichungen wären nur beim Stahl möglich.

Schöne Grüße aus der Werft
Zoë Müller-Grün
''', {'attach': ['winch'], 'starred': True}),
        (10, '09.30', 'me', ['zoe'], '''Liebe Zoë,

vielen Dank, das passt. Bitte reserviert den Stahl schon jetzt; die Unterschrift kommt nächste Woche.

Mara
''', {}),
    ]),
    ('Café at the lighthouse: opening hours', [
        (14, '10.00', 'ode', ['me'], '''We think of opening at seven in summer, for the ferry people. Too early?
''', {}),
        (14, '10.20', 'me', ['ode'], '''Not for the ferry people. For the baker, ask first.
''', {}),
        (14, '10.26', 'ode', ['me'], '''The baker says half past six is when he is awake anyway.
''', {}),
        (14, '11.01', 'me', ['ode'], '''Then seven it is. I shall be the first at the door.
''', {}),
        (13, '17.45', 'ode', ['me'], '''Sign painted. It says 7. There is no way back.
''', {}),
    ]),
    ('Sunday', [
        (2, '20.05', 'rosa', ['me'], '''Are you coming to lunch? Your father makes the soup with the small fish, he started on Friday.

Mum
''', {'unread': True}),
    ]),
    ('Wet paint on bollard 14', [
        (1, '15.20', 'tom', ['office', 'me'], '''Bollard 14 has wet paint until tomorrow noon. I have put a sign on it. Somebody has already tied a boat to the sign.

Tom
''', {}),
        (1, '15.41', 'office', ['tom', 'me'], '''Noted. Whose boat?

Harbour Office
''', {}),
        (1, '15.44', 'tom', ['office', 'me'], '''Mine, as it turns out.

Tom
''', {'unread': True}),
    ]),
    ('Proposta para o cais velho', [
        (16, '11.11', 'ines', ['me'], '''Olá Mara,

segue a proposta para o cais velho: pedra da região, juntas abertas e um banco comprido virado ao mar.
As árvores ficam todas. Diz-me o que achas até à próxima segunda-feira, por favor.

Um abraço,
Inês
''', {'attach': ['sketch']}),
        (15, '08.20', 'me', ['ines'], '''I love the bench. Could it be long enough for a whole school class?

Mara
''', {}),
        (15, '09.00', 'ines', ['me'], '''Vinte e dois metros. Cabe a turma e a professora. :)
''', {}),
    ]),
]

# A long discussion on a mailing list.
LIST_THREAD = ('[wooden-boats] Linseed oil or tar below the waterline?', [
    ('piet', 'Tar. Always tar. My grandfather used tar, and his boat is still afloat, which cannot be said of him.'),
    ('tom', 'Tar smells for a year. Linseed oil with a little turpentine, warm, three coats, a week between them.'),
    ('zoe', 'We tested both at the yard on larch boards over four winters. Tar lost less weight, oil kept the colour. Below the waterline nobody sees the colour.'),
    ('bjorn', 'Which tar? Pine tar from the kiln and the stuff in tins are two different animals.'),
    ('piet', 'From the kiln, of course. The tins are for fences.'),
    ('tom', 'And what about worm? Neither keeps the worm out in warm water.'),
    ('ines', 'Cobre. Copper paint here in the south, there is no other way. Two coats each spring.'),
    ('bjorn', 'In the fjord we have no worm, only tourists.'),
    ('zoe', 'I can send the table with the weights to the list if there is interest.'),
    ('ode', 'There is interest. I only came here to ask about a dinghy, and now I have read the whole thing.'),
    ('piet', 'Welcome. What is the dinghy made of?'),
    ('ode', 'I was hoping you would tell me. It is grey.'),
    ('tom', 'Then it is either very old larch or very new plastic. Knock on it.'),
    ('ode', 'It said "tok".'),
    ('zoe', 'Larch.'),
])

# Which of the attachments of messages.py each name above stands for is decided there.
