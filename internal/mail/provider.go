package mail

import "strings"

// providers are where anybody gets an address: two of one are not of one organisation.
var providers = strings.Fields(`
	gmail.com googlemail.com outlook.com hotmail.com live.com msn.com yahoo.com ymail.com rocketmail.com aol.com icloud.com me.com mac.com
	proton.me protonmail.com pm.me gmx.net gmx.de gmx.com gmx.at gmx.ch web.de t-online.de freenet.de mail.com mail.ru yandex.ru yandex.com
	bk.ru list.ru inbox.ru rambler.ru qq.com 163.com 126.com sina.com foxmail.com naver.com hanmail.net daum.net orange.fr wanadoo.fr free.fr
	laposte.net sfr.fr libero.it virgilio.it tiscali.it alice.it tin.it seznam.cz wp.pl o2.pl onet.pl interia.pl centrum.cz ziggo.nl kpnmail.nl
	telenet.be skynet.be bluewin.ch btinternet.com sky.com virginmedia.com talktalk.net comcast.net verizon.net att.net sbcglobal.net cox.net
	charter.net earthlink.net bellsouth.net shaw.ca rogers.com bigpond.com optusnet.com.au xtra.co.nz uol.com.br bol.com.br terra.com.br
	rediffmail.com zoho.com fastmail.com fastmail.fm hey.com tutanota.com tuta.io mailbox.org posteo.de hushmail.com telia.com bredband.net`)

// families are providers whose domains end in that of a country: yahoo.co.jp.
var families = []string{"yahoo", "hotmail", "outlook", "live", "gmx"}

// PublicProvider reports whether a domain gives addresses to anybody.
func PublicProvider(domain string) bool {
	domain = strings.ToLower(domain)
	for _, p := range providers {
		if domain == p || strings.HasSuffix(domain, "."+p) {
			return true
		}
	}
	for _, f := range families {
		if strings.HasPrefix(domain, f+".") {
			return true
		}
	}
	return false
}
