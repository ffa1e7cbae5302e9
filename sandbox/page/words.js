// Every word of the page, in both languages. Indonesian unless the browser asks for English.

const WORDS = {
  company: ["Peragaan: PT Contoh Bayar, perusahaan contoh. Semua orang dan data rekaan.", "A demonstration: PT Contoh Bayar, an example company. All people and data are invented."],
  columns: ["Bagian layar", "Parts of the screen"],
  customers: ["Pelanggan", "Customers"],
  report: ["Laporan", "Report"],
  team: ["Tim", "Team"],
  clock_now: ["Jam peragaan", "Played time"],
  guide_title: ["Enam langkah, dari kata pertama sampai ditutup", "Six steps, from the first word to the close"],
  guide_start: ["Tekan langkah yang menyala, atau kerjakan sendiri di kolom bawah.", "Press the lit step, or do it yourself in the columns below."],
  guide_done: ["Selesai: hanya Ani yang bisa menutup laporannya. Tekan langkah 1 untuk cerita baru.", "Done: only Ani could close her report. Press step 1 for a new story."],
  guide_waits: ["Menunggu Sigap…", "Waiting for Sigap…"],
  guide_stuck: ["Langkah ini belum selesai dalam 20 detik. Lihat kolom Tim, lalu coba lagi.", "This step is not finished after 20 seconds. Look at the Team column, then try again."],
  step1: ["Ani melapor", "Ani reports"],
  step1_detail: ["“min kok checkout gagal trus…”", "“min kok checkout gagal trus…”"],
  step2: ["Petugas terima, balas", "Agent accepts, replies"],
  step2_detail: ["dari Telegram ke WhatsApp Ani", "from Telegram to Ani's WhatsApp"],
  step3: ["Solusi sementara", "Workaround"],
  step3_detail: ["layanan bisa dipakai dulu", "usable again, for now"],
  step4: ["Selesai dan diuji ulang", "Resolved and re-tested"],
  step4_detail: ["baru setelah itu Ani ditanya", "only then Ani is asked"],
  step5: ["Ani: “iya masih kak”", "Ani: “still failing”"],
  step5_detail: ["tidak ditutup; dikerjakan lagi", "not closed; worked on again"],
  step6: ["Ani: “Ya, sudah beres”", "Ani: “Yes, it works”"],
  step6_detail: ["ditutup oleh Ani sendiri", "closed by Ani herself"],
  ani_says: ["min kok checkout gagal trus, saldo kepotong", "min kok checkout gagal trus, saldo kepotong"],
  agent_replies: ["Halo Kak Ani, sedang kami cek. Jangan bayar ulang dulu ya.", "Halo Kak Ani, sedang kami cek. Jangan bayar ulang dulu ya."],
  agent_workaround: ["bayar lewat virtual account dulu, sudah normal", "bayar lewat virtual account dulu, sudah normal"],
  agent_cause: ["Sertifikat gateway kedaluwarsa, sudah diperbarui", "Sertifikat gateway kedaluwarsa, sudah diperbarui"],
  agent_cause_again: ["Satu node masih memakai sertifikat lama, sudah diganti", "Satu node masih memakai sertifikat lama, sudah diganti"],
  agent_figure: ["99,4 % berhasil dalam 10 menit", "99,4 % berhasil dalam 10 menit"],
  ani_denies: ["iya masih kak", "iya masih kak"],
  ani_confirms: ["Ya, sudah beres", "Ya, sudah beres"],
  nothing_said: ["Belum ada percakapan. Tulis sesuatu di bawah, atau pakai langkah di atas.", "Nothing was said yet. Type below, or use the steps above."],
  nothing_told: ["Belum ada pesan untuk {name}.", "No message for {name} yet."],
  write: ["Tulis pesan…", "Type a message…"],
  send: ["Kirim", "Send"],
  attach: ["Lampirkan", "Attach"],
  attach_photo: ["Tangkapan layar", "Screenshot"],
  attach_voice: ["Pesan suara", "Voice note"],
  attach_document: ["Berkas", "File"],
  attach_apk: ["paket.apk (jangan dibuka)", "paket.apk (do not open)"],
  reply: ["Balas", "Reply"],
  quoted: ["Kutip", "Quote"],
  replying: ["Membalas", "Replying to"],
  stop_reply: ["Batal membalas", "Stop replying"],
  no_number: ["tanpa nomor", "no number"],
  visitor_intro: ["Pak Hendra tidak memakai WhatsApp. Beliau melapor lewat formulir web Sigap, yang juga jalan tanpa JavaScript.", "Pak Hendra does not use WhatsApp. He reports through Sigap's web form, which works without JavaScript too."],
  visitor_open: ["Buka formulir laporan ↗", "Open the report form ↗"],
  visitor_use: ["Isi dengan data contoh ini:", "Fill in this example data:"],
  web_form: ["Formulir web", "Web form"],
  "role_service-desk": ["meja layanan", "service desk"],
  role_payments: ["pembayaran", "payments"],
  role_lead: ["ketua tim", "team lead"],
  silent: ["senyap", "silent"],
  edited: ["diubah", "edited"],
  pinned: ["disematkan", "pinned"],
  sent_file: ["berkas", "file"],
  not_taken: ["belum sampai ke Sigap", "has not reached Sigap"],
  failed: ["gagal", "failed"],
  no_tickets: ["Belum ada laporan.", "No report yet."],
  no_ticket: ["Laporan muncul di sini", "The report appears here"],
  no_ticket_hint: ["begitu pelanggan menyebut apa yang rusak. Sapaan saja tidak membuka laporan.", "as soon as a customer says what is broken. A greeting alone opens none."],
  no_product: ["Sigap tidak menjawab. Pesan pelanggan tetap tersimpan di penyedia dan diambil saat Sigap kembali.", "Sigap does not answer. Customers' messages wait at the provider and are fetched when Sigap is back."],
  priority: ["Prioritas", "Priority"],
  service: ["Layanan", "Service"],
  in_team: ["Tim", "Team"],
  holder: ["Petugas", "Agent"],
  offered: ["Ditawarkan ke", "Offered to"],
  promise: ["Kabar paling lambat", "Next news by"],
  nobody: ["belum ada", "nobody yet"],
  why: ["kenapa?", "why?"],
  why_rules: ["Aturan yang cocok", "Rules that matched"],
  why_no_rule: ["Tidak ada aturan yang cocok; masuk kategori cadangan.", "No rule matched; the fallback category."],
  why_matrix: ["Dampak × kemendesakan", "Impact × urgency"],
  why_held: ["Baru satu orang yang menyebutnya, jadi P2 dulu; petugas ditanya apakah ini P1.", "Only one person says so, so P2 for now; an agent is asked whether it is a P1."],
  why_candidates: ["Siapa yang bisa", "Who could"],
  why_more: ["dan {n} lagi", "and {n} more"],
  why_config: ["Diputuskan dengan konfigurasi", "Decided with configuration"],
  impact: ["Dampak", "Impact"],
  urgency: ["Kemendesakan", "Urgency"],
  both: ["Dampak dan kemendesakan", "Impact and urgency"],
  high: ["tinggi", "high"],
  medium: ["sedang", "medium"],
  low: ["rendah", "low"],
  because_start: ["{level} mulai dari {to} (aturan {of})", "{level} starts at {to} (rule {of})"],
  because_criticality: ["{level} naik ke {to}: layanan {of} sangat penting", "{level} rises to {to}: service {of} is critical"],
  because_signal: ["{level} menjadi {to}: {of}", "{level} becomes {to}: {of}"],
  because_kind: ["{level} {to}: ini bukan gangguan", "{level} {to}: not an incident"],
  chosen_fewest_open: ["paling sedikit laporan terbuka", "fewest open"],
  chosen_longest_idle: ["paling lama tidak mendapat laporan", "idle longest"],
  chosen_only_one: ["satu-satunya yang tersedia", "the only one available"],
  chosen_on_call: ["petugas jaga", "on call"],
  chosen_person: ["ditunjuk oleh seseorang", "chosen by a person"],
  chosen_nobody: ["tidak ada yang tersedia; ketua tim diberi tahu", "nobody is available; the lead is told"],
  chosen_outside_hours: ["di luar jam kerja", "outside working hours"],
  not_passed: ["melewatkannya", "passed it on"],
  not_not_linked: ["Telegram belum tersambung", "Telegram not linked"],
  not_not_available: ["tidak bertugas", "not available"],
  not_full: ["sudah penuh", "full"],
  not_more_open: ["memegang lebih banyak", "has more open"],
  not_less_idle: ["baru saja mendapat laporan", "was idle for less time"],
  colleague: ["rekan …{id}", "colleague …{id}"],
  candidate: ["Petugas", "Agent"],
  open_of: ["Terbuka", "Open"],
  reason: ["Alasan", "Reason"],
  chosen: ["dipilih", "chosen"],
  system: ["Sigap", "Sigap"],
  desk: ["Sigap", "Sigap"],
  note: ["Catatan internal", "Internal note"],
  to_reporter: ["ke", "to"],
  c_sent: ["pesan masuk", "messages in"],
  c_stored: ["tercatat", "recorded"],
  c_lost: ["hilang", "lost"],
  c_doubled: ["dobel", "doubled"],
  c_unconfirmed: ["ditutup tanpa konfirmasi", "closed unconfirmed"],
  c_read_mark: ["dibaca", "read"],
  c_span: ["pesan→{name}", "message→{name}"],
  seconds: ["dtk", "s"],
  agent: ["petugas", "agent"],
  break_title: ["Coba rusak", "Break it"],
  break_hint: ["Lakukan sesuka hati; angka di kanan harus tetap: tercatat = masuk, hilang 0, dobel 0.", "Do your worst; the figures on the right must hold: recorded = in, lost 0, doubled 0."],
  break_webhook50: ["Webhook dobel ×50", "Webhook ×50"],
  break_webhook50_detail: ["pesan terakhir, serentak", "the last message, at once"],
  break_redis: ["Kosongkan Redis", "Flush Redis"],
  break_redis_detail: ["antrean kerja hilang", "the job queue is gone"],
  break_worker: ["Bunuh worker", "Kill the worker"],
  break_worker_detail: ["kill -9, di tengah kerja", "kill -9, in the middle"],
  break_twilio_63016: ["Twilio 63016", "Twilio 63016"],
  break_twilio_63016_detail: ["pesan berikut ditolak WhatsApp", "WhatsApp refuses the next message"],
  break_telegram_429: ["Telegram 429", "Telegram 429"],
  break_telegram_429_detail: ["tiga kali “tunggu 3 detik”", "three times “wait 3 seconds”"],
  break_statuses: ["Status acak dan dobel", "Statuses shuffled, doubled"],
  break_statuses_detail: ["terkirim sesudah dibaca", "sent after read"],
  break_minutes: ["Maju 25 menit", "Forward 25 minutes"],
  break_minutes_detail: ["tawaran dan janji lewat", "offers and promises run out"],
  break_day: ["Maju 24 jam", "Forward 24 hours"],
  break_day_detail: ["pengingat, jendela WhatsApp", "reminders, WhatsApp's window"],
  broken: ["Sudah: {what}", "Done: {what}"],
  not_done: ["Tidak bisa: {why}", "Not possible: {why}"],
  ahead: ["+{n}", "+{n}"],
  days: ["hari", "d"],
  hours: ["jam", "h"],
  minutes: ["mnt", "min"],
};

const STATUS = {
  new: ["Baru", "New"], offered: ["Ditawarkan", "Offered"], assigned: ["Diterima", "Accepted"],
  investigating: ["Dikerjakan", "In progress"], restored: ["Pulih sementara", "Restored"], waiting: ["Menunggu", "Waiting"],
  verifying: ["Uji ulang", "Re-test"], awaiting_confirmation: ["Menunggu jawaban pelapor", "Waiting for the reporter's yes"],
  closed: ["Ditutup pelapor", "Closed by the reporter"], lapsed: ["Tanpa konfirmasi", "Unconfirmed"],
  merged: ["Digabung", "Merged"], cancelled: ["Dibatalkan", "Cancelled"],
};

const EVENTS = {
  opened: ["Laporan dibuka", "Report opened"], offered: ["Ditawarkan", "Offered"], accepted: ["Diterima", "Accepted"],
  passed: ["Dilewatkan", "Passed on"], offer_expired: ["Tawaran lewat waktu", "Offer ran out"], offer_withdrawn: ["Tawaran ditarik", "Offer withdrawn"],
  started: ["Mulai dikerjakan", "Work began"], message_joined: ["Pesan bergabung ke laporan", "A message joined"],
  replied: ["Petugas membalas", "The agent replied"], noted: ["Catatan ditulis", "Note written"],
  workaround_given: ["Solusi sementara diberikan", "Workaround given"], workaround: ["Solusi sementara diberikan", "Workaround given"],
  relapsed: ["Kambuh lagi", "Relapsed"], waiting: ["Menunggu", "Waiting"], resumed: ["Dilanjutkan", "Resumed"],
  resolved: ["Diperbaiki; uji ulang dimulai", "Repaired; re-test begins"], checked: ["Satu layanan diuji", "One service tested"],
  verified: ["Uji ulang lulus", "Re-test passed"], verification_failed: ["Uji ulang gagal", "Re-test failed"],
  confirmation_asked: ["Pelapor ditanya", "The reporter is asked"], confirmation_reminded: ["Pelapor diingatkan", "The reporter is reminded"],
  answer_unclear: ["Jawaban belum jelas: tetap terbuka, ditanya lagi", "Unclear answer: stays open, asked again"],
  not_checked_yet: ["Pelapor belum sempat cek", "The reporter has not checked yet"],
  denied: ["Pelapor bilang belum: dikerjakan lagi", "The reporter says no: worked on again"],
  confirmed: ["Pelapor bilang sudah beres", "The reporter says it works"], lapsed: ["Tidak ada jawaban; diarsipkan", "No answer; filed as unconfirmed"],
  reopened: ["Dibuka lagi", "Reopened"], scored: ["Penilaian pelapor", "The reporter's score"], told: ["Kabar sampai", "Notice delivered"],
  not_told: ["Kabar tidak sampai", "Notice not delivered"], took_over: ["Petugas berganti", "Taken over"], took_over_told: ["Pelapor dikabari siapa yang menangani", "The reporter knows who handles it"],
  nobody_available: ["Tidak ada yang tersedia", "Nobody available"], nobody_left: ["Semua sudah melewatkan", "Everybody passed"], waits_for_hours: ["Menunggu jam kerja", "Waits for working hours"],
  promise_due_soon: ["Janji kabar hampir jatuh tempo", "The promise falls due soon"], promise_missed: ["Janji kabar terlewat", "The promise was missed"],
  paged: ["Petugas dipanggil", "Paged"], acknowledged: ["Panggilan didengar", "Page acknowledged"], escalated: ["Dieskalasi", "Escalated"], transferred: ["Dialihkan", "Transferred"],
  released: ["Dilepas", "Released"], classified: ["Dinilai ulang", "Rated again"], p1_denied: ["Bukan P1", "Not a P1"], not_an_incident: ["Bukan insiden", "Not an incident"], answered: ["Dijawab", "Answered"],
  reporter_says_works: ["Pelapor bilang sudah bisa", "The reporter says it works"], merged: ["Digabung", "Merged"], unmerged: ["Dipisah lagi", "Unmerged"], cancelled: ["Dibatalkan", "Cancelled"], objected: ["Pelapor keberatan", "The reporter objects"],
};

let language = localStorage.getItem("sigap-language") || ((navigator.language || "id").toLowerCase().startsWith("en") ? "en" : "id");

export const current = () => language;

export function choose(wanted) {
  language = wanted;
  localStorage.setItem("sigap-language", wanted);
}

const pick = (pair) => pair[language === "en" ? 1 : 0];

// A word by its key, with {placeholders} filled; an unknown key shows itself, spaces for underscores.
export function t(key, values = {}) {
  const pair = WORDS[key];
  const text = pair ? pick(pair) : String(key).replaceAll("_", " ");
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

export const status = (name) => (STATUS[name] ? pick(STATUS[name]) : t(name));
export const event = (name) => (EVENTS[name] ? pick(EVENTS[name]) : t(name));
export const known = (key) => key in WORDS;

const zone = { timeZone: "Asia/Jakarta" };
export function clock(at, seconds = false) {
  const when = typeof at === "number" ? new Date(at * 1000) : new Date(at);
  const shape = { hour: "2-digit", minute: "2-digit", ...(seconds ? { second: "2-digit" } : {}), hourCycle: "h23", ...zone };
  return when.toLocaleTimeString(language === "en" ? "en-GB" : "id-ID", shape);
}
export function day(at) {
  return new Date(at).toLocaleDateString(language === "en" ? "en-GB" : "id-ID", { weekday: "short", day: "numeric", month: "short", ...zone });
}
export const decimal = (number) => number.toLocaleString(language === "en" ? "en-GB" : "id-ID", { maximumFractionDigits: 1 });
