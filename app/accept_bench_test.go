package app_test

import (
	"bytes"
	"fmt"
	"sync/atomic"
	"testing"

	"parley/app/apptest"
	"parley/channel"
	"parley/desk"
)

// BenchmarkAccept is how fast things that arrive are stored so that they survive
// a crash, by many senders at once: small ones in the row, large ones in a file.
func BenchmarkAccept(b *testing.B) {
	for _, size := range []int{2 << 10, 60 << 10, 128 << 10} {
		b.Run(fmt.Sprintf("%dKiB", size>>10), func(b *testing.B) {
			d := apptest.New(b, desk.PerThread)
			var n atomic.Int64
			b.SetBytes(int64(size))
			b.SetParallelism(16)
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					body := fmt.Appendf(nil, "message %d ", n.Add(1))
					body = append(body, bytes.Repeat([]byte("x"), size-len(body))...)
					if err := d.Accept(b.Context(), d.Account, channel.Raw{Dedupe: string(body[:20]), ContentType: "message/rfc822", Body: body, At: d.Clock.Now()}); err != nil {
						b.Error(err)
						return
					}
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "accepted/s")
		})
	}
}
