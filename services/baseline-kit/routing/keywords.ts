/** Splits a list that is written the way people read one. */
function phrases(list: string): readonly string[] {
  return list.split(',').map((phrase) => phrase.trim().replaceAll(/\s+/g, ' '));
}

/**
 * Words that speak of work a plain answer can't do, English and German, by kind of work. Each matches from the start of
 * a word, so that endings don't matter ("debugging", "Skripte").
 */
export const complexKeywords = {
  code: phrases(`
    write code, write a script, write a function, write a program, write a class, write a python,
    write python, write javascript, write a test, write unit test, write a unit test, code that,
    python script, python code, python program, python function, javascript function, node script,
    shell script, bash script, sql query, regular expression, regex, algorithm, implement, refactor, debug,
    compile, unit test, stack trace, traceback, code review, pull request, source code, schreibe code,
    schreib code, schreibe ein skript, schreib ein skript, schreibe eine funktion, schreibe ein programm,
    programmier, quelltext, quellcode, implementier, kompilier, skript`),
  execution: phrases(`
    run this, run the code, run code, run a command, execute, in a sandbox, in the terminal, command line,
    install package, pip install, npm install, apt install, docker, simulate, führe aus, führe den,
    führe das, führ das, ausführ, im terminal, installier, simulier`),
  files: phrases(`
    create a file, create file, edit the file, edit file, read the file, save to, save it as,
    write to a file, upload, download, zip file, csv, spreadsheet, excel, powerpoint, pdf,
    erstelle eine datei, datei, herunterladen, hochladen, tabelle erstell, speichere`),
  repositories: phrases(`
    git clone, clone the, clone repo, repository, github, gitlab, codebase, commit history, repo klonen,
    klone`),
  web: phrases(`
    search the web, search online, search for, web search, browse, look up online, latest news,
    current news, scrape, crawl, open the website, visit the, fetch the page, screenshot,
    suche im internet, suche im web, im internet such, recherchier, aktuelle nachrichten, webseite`),
  research: phrases(`
    deep research, research report, research the, compare the, comprehensive, in-depth, step by step plan,
    literature review, market analysis, analyze the data, analyse the data, data analysis, plot, chart,
    ausführliche analyse, marktanalyse, tiefgehend, datenanalyse, diagramm, vergleiche die`),
  media: phrases(`
    generate an image, generate image, draw a, draw me, text to speech, text-to-speech, music,
    generate a video, voice over, erzeuge ein bild, generiere ein bild, male ein, zeichne, vertone`),
  building: phrases(`
    build a website, build an app, build a web, create an app, create a website, web app, prototype,
    set up a server, deploy, automate, pipeline, dashboard, baue eine, bau eine, automatisier`),
} as const;

export type KeywordKind = keyof typeof complexKeywords;

/** German verbs that split around their object ("führe … aus"). */
export const separableVerbs: readonly RegExp[] = [
  /\bführe?\b.{1,80}\baus\b/iu,
  /\blade?\b.{1,80}\b(?:herunter|runter|hoch)\b/iu,
  /\bleg\w*\b.{1,80}\ban\b/iu,
  /\bricht\w*\b.{1,80}\bein\b/iu,
  /\brufe?\b.{1,80}\bab\b/iu,
  /\bstell\w*\b.{1,80}\bher\b/iu,
];

export const mediaVerbs = phrases(`
  generate, create, make, produce, render`);

export const mediaWords = phrases(`
  image, picture, photo, illustration, draw, render, audio, voice, speech, sound, speak, tts, video,
  animate, animation, clip`);

/** With an address in the text: what to do with the page behind it. */
export const interactionHints = phrases(`
  click, fill, log in, login, sign in, submit, scroll, navigate, open, visit, summarize, summarise, read,
  check, test, extract, scrape, download, screenshot, klick, öffne, lies`);

/** With an image in the message: what needs more than looking at it. */
export const imageToolTriggers = phrases(`
  edit, crop, resize, convert, rotate, remove the background, upscale, search, find similar, run, code,
  bearbeite, zuschneiden, konvertiere, suche`);
