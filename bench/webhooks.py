"""Signed Twilio webhooks, each from another person with another text, made before the clock starts."""

import random
import secrets
from typing import Final
from urllib.parse import parse_qsl, urlencode

from multidict import MultiDict
from twilio.request_validator import RequestValidator

from channels.whatsapp.hook import MESSAGE_PATH
from config.settings import SANDBOX_ACCOUNT_SID, SANDBOX_AUTH_TOKEN, SANDBOX_WHATSAPP_FROM

# What customers write: the shipped rules know most of it, and not all.
TEXTS: Final = (
    "Halo, EDC di kasir 2 tidak bisa transaksi dari jam {n} tadi, muncul kode error 91. Mohon dibantu ya",
    "QRIS gagal terus, pelanggan sudah bayar tapi tidak masuk, kira-kira {n} transaksi",
    "wifi kantor lantai {n} mati, semua tidak bisa kerja",
    "Printer struk macet lagi sejak pagi, sudah dicoba restart {n} kali tetap tidak mau",
    "aplikasi lemot sekali, buka menu laporan saja {n} menit baru keluar",
    "Dashboard error 500 when I open page {n}, please check",
    "saya dapat email aneh minta password, sudah saya klik. nomor tiket lama {n}",
    "Settlement kemarin belum masuk rekening, batch {n}",
    "mohon info, komputer kasir {n} layar biru terus",
    "selamat pagi, ada kendala di cabang {n}, tidak bisa login sama sekali",
)


def message(validator: RequestValidator, public_url: str, host: str, number: int) -> bytes:
    """A whole HTTP request, byte for byte as Twilio would send it (about 900 bytes of form)."""
    sid, phone = f"SM{secrets.token_hex(16)}", f"62812{secrets.randbelow(10**8):08d}"
    fields = {
        "SmsMessageSid": sid,
        "NumMedia": "0",
        "ProfileName": f"Pelanggan {number}",
        "MessageType": "text",
        "SmsSid": sid,
        "WaId": phone,
        "SmsStatus": "received",
        "Body": random.choice(TEXTS).format(n=random.randrange(1, 500)),
        "To": SANDBOX_WHATSAPP_FROM,
        "NumSegments": "1",
        "ReferralNumMedia": "0",
        "MessageSid": sid,
        "AccountSid": SANDBOX_ACCOUNT_SID,
        "ChannelMetadata": f'{{"type":"whatsapp","data":{{"context":{{"ProfileName":"Pelanggan {number}",'
        f'"WaId":"{phone}"}}}}}}',
        "From": f"whatsapp:+{phone}",
        "ApiVersion": "2010-04-01",
    }
    body = urlencode(fields).encode()
    posted = MultiDict(parse_qsl(body.decode(), keep_blank_values=True))
    signature = validator.compute_signature(public_url + MESSAGE_PATH, posted)
    head = (
        f"POST {MESSAGE_PATH} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: TwilioProxy/1.1\r\nAccept: */*\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nX-Twilio-Signature: {signature}\r\n"
        f"I-Twilio-Idempotency-Token: {sid}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def messages(public_url: str, host: str, count: int) -> list[bytes]:
    """Distinct requests."""
    validator = RequestValidator(SANDBOX_AUTH_TOKEN)
    return [message(validator, public_url, host, number) for number in range(count)]
