package email

import "strings"

// crlf makes a mail of what is easier to read in a test.
func crlf(s string) string { return strings.ReplaceAll(strings.TrimPrefix(s, "\n"), "\n", "\r\n") }

var plainMail = crlf(`
From: =?UTF-8?Q?Anna_=C3=96berg?= <Anna@Example.com>
To: support@lindqvist.example
Subject: =?UTF-8?B?S2VkamFuIGhvcHBhciDwn5qy?=
Date: Mon, 4 May 2026 11:28:00 +0200
Message-ID: <plain-1@example.com>
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

Hej,

kedjan hoppar n=C3=A4r jag v=C3=A4xlar. =F0=9F=9A=B2

--=20
Anna =C3=96berg
`)

var richMail = crlf(`
Delivered-To: support@lindqvist.example
From: Tom <tom@example.org>
To: "Lindqvist, Support" <support@lindqvist.example>, sales@lindqvist.example
Cc: boss@example.org
Subject: Re: Broken wheel
Date: Mon, 4 May 2026 08:00:00 +0000
Message-ID: <rich-1@example.org>
In-Reply-To: <second@lindqvist.example>
References: <first@example.org> <second@lindqvist.example>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="outer"

--outer
Content-Type: multipart/related; boundary="inner"

--inner
Content-Type: multipart/alternative; boundary="alt"

--alt
Content-Type: text/plain; charset=utf-8

Here is the wheel.

On Mon, 4 May 2026 at 07:00, Maja <support@lindqvist.example> wrote:
> Can you send a picture?
--alt
Content-Type: text/html; charset=utf-8

<p onclick="x()">Here is the wheel. <img src="cid:wheel@x" alt="wheel"><script>alert(1)</script></p>
<blockquote>Can you send a picture?</blockquote>
--alt--
--inner
Content-Type: image/png; name="wheel.png"
Content-ID: <wheel@x>
Content-Disposition: inline; filename="wheel.png"
Content-Transfer-Encoding: base64

iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==
--inner--
--outer
Content-Type: application/pdf; name="../../etc/passwd.pdf"
Content-Disposition: attachment; filename="../../etc/passwd.pdf"
Content-Transfer-Encoding: base64

JVBERi0xLjQKJcfs
--outer--
`)

// oldMail is of before MIME, with bytes of Windows-1252 and a NUL.
var oldMail = crlf("From: karl@example.net (Karl)\nTo: support@lindqvist.example\nSubject: Gr\xfc\xdfe\n\nSch\xf6ne Gr\xfc\xdfe\x00 aus K\xf6ln\n")

var bounceMail = crlf(`
Return-Path: <>
From: Mail Delivery System <MAILER-DAEMON@example.com>
To: support@lindqvist.example
Subject: Undelivered Mail Returned to Sender
Date: Mon, 4 May 2026 08:10:00 +0000
Message-ID: <bounce-1@example.com>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b

The address anna@example.com does not exist.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; example.com

Final-Recipient: rfc822; anna@example.com
Action: failed
Status: 5.1.1
--b
Content-Type: text/rfc822-headers

Message-ID: <sent@lindqvist.example>
--b--
`)
