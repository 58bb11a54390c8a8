// Every text, by language. {x} is filled in; what comes from people is only ever text.
'use strict';
globalThis.aula ??= {};
aula.words = {
  en: {
    dir: 'ltr', other: 'فارسی', 'other-code': 'fa', locale: 'en',
    page: 'Page {page} of {title}', 'no-page': 'No page is shown at this moment.', 'page-lost': 'The picture of this page is not here.',
    play: 'Play', pause: 'Pause', back: 'Back 10 seconds', on: 'On 10 seconds', seek: 'Place in the recording', time: '{now} of {end}',
    speed: 'Speed', times: '{n}×', help: 'Keys', speaking: 'Speaking: {names}', nobody: 'Nobody speaks', someone: 'Participant {id}',
    search: 'Search in the slides', found: '{count} pages with “{words}”', 'found-one': 'One page with “{words}”', 'found-none': 'No page with “{words}”',
    never: 'not shown', chapters: 'Chapters', 'no-chapters': 'No page was turned.', talk: 'Chat and questions', 'chapter-page': '{title}', 'chapter-question': 'Question: {text}', 'chapter-item': 'Item {number}',
    'no-sound': 'This recording has no sound yet: nobody has spoken.', 'bad-sound': 'The sound cannot be played. Is floor.opus or floor.mp4 beside this page, whole and readable?',
    'not-here': 'The recording cannot be read. If you have the folder, keep all of its files together; if you have a link, ask for a new one.',
    'no-title': 'Recording', close: 'Close', operator: 'Operator',
    'keys-play': 'play, pause', 'keys-seek': '5 seconds back, on', 'keys-ten': '10 seconds back, on', 'keys-page': 'page turn before, after', 'keys-speed': 'slower, faster',
    'keys-part': 'to 0 % … 90 %', 'keys-ends': 'beginning, end', 'keys-search': 'search', 'keys-full': 'slide on the whole screen', 'keys-space': 'Space',
  },
  fa: {
    dir: 'rtl', other: 'English', 'other-code': 'en', locale: 'fa',
    page: 'صفحهٔ {page} از {title}', 'no-page': 'در این لحظه صفحه‌ای نشان داده نمی‌شود.', 'page-lost': 'تصویر این صفحه اینجا نیست.',
    play: 'پخش', pause: 'درنگ', back: '۱۰ ثانیه به عقب', on: '۱۰ ثانیه به جلو', seek: 'جای پخش در ضبط', time: '{now} از {end}',
    speed: 'سرعت', times: '{n}×', help: 'کلیدها', speaking: 'گوینده: {names}', nobody: 'کسی صحبت نمی‌کند', someone: 'شرکت‌کنندهٔ {id}',
    search: 'جست‌وجو در اسلایدها', found: '{count} صفحه با «{words}»', 'found-one': 'یک صفحه با «{words}»', 'found-none': 'صفحه‌ای با «{words}» نیست',
    never: 'نشان داده نشد', chapters: 'بخش‌ها', 'no-chapters': 'صفحه‌ای ورق نخورد.', talk: 'گفت‌وگو و پرسش‌ها', 'chapter-page': '{title}', 'chapter-question': 'پرسش: {text}', 'chapter-item': 'بخش {number}',
    'no-sound': 'این ضبط هنوز صدا ندارد: کسی صحبت نکرده است.', 'bad-sound': 'صدا پخش نمی‌شود. آیا floor.opus یا floor.mp4 سالم و خواندنی کنار این صفحه است؟',
    'not-here': 'ضبط خوانده نمی‌شود. اگر پوشه را دارید همهٔ فایل‌هایش را کنار هم نگه دارید؛ اگر پیوند دارید، پیوند تازه‌ای بخواهید.',
    'no-title': 'ضبط', close: 'بستن', operator: 'متصدی',
    'keys-play': 'پخش، درنگ', 'keys-seek': '۵ ثانیه به عقب، به جلو', 'keys-ten': '۱۰ ثانیه به عقب، به جلو', 'keys-page': 'ورق پیشین، پسین', 'keys-speed': 'کندتر، تندتر',
    'keys-part': 'به ۰٪ … ۹۰٪', 'keys-ends': 'آغاز، پایان', 'keys-search': 'جست‌وجو', 'keys-full': 'اسلاید در تمام صفحه', 'keys-space': 'فاصله',
  },
};
