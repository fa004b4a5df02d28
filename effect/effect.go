// Package effect holds what follows from committed facts: one file each.
package effect
