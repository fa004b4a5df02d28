// Package demo makes a workspace that looks lived in: an invented coffee roastery
// with thirty people and three months of conversations, and customers who go on
// writing. Everything is made by the commands and the channels that real use
// takes, at the times of a clock that is moved; the same seed and the same end
// make the same workspace.
package demo
