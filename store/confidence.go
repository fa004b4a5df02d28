package store

import (
	"fmt"
	"math"
)

// Confidence is stored in ten-thousandths: databases and backups keep whole numbers
// alike.
const wholeConfidence = 1e4

// confidence scans how sure an AI agent was; NULL is nil.
type confidence struct{ to **float64 }

// Scan implements sql.Scanner.
func (c confidence) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*c.to = nil
	case int64:
		f := float64(v) / wholeConfidence
		*c.to = &f
	default:
		return fmt.Errorf("a confidence is %T", src)
	}
	return nil
}

func tenThousandths(f *float64) any {
	if f == nil {
		return nil
	}
	return int64(math.Round(*f * wholeConfidence))
}
