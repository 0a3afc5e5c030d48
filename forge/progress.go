package forge

import "time"

// Progress says how far a source of a forge is with one repository.
type Progress struct {
	Repository string // its path on the forge
	List       string // what is being read, such as changes or issues; empty at the end
	Done       int    // items of it that were read in this run
}

// Plan is what it will cost to read what is not stored of a repository. It is an
// estimate.
type Plan struct {
	Repository string        // its path on the forge
	Changes    int           // merged changes to be read
	Issues     int           // issues to be read
	Requests   int           // of all kinds
	Points     int           // of GraphQL's quota, where the forge has one
	Time       time.Duration // at the pace at which such a forge answers, waiting for quota included
	// Left and Limit are of the quota that the reading draws on, of all tokens together,
	// and Reset is when it is whole again; zero where the forge tells of none.
	Left, Limit int
	Reset       time.Time
}

// Usage is what a source has asked of a server since it was made.
type Usage struct {
	Requests    int           // sent, whatever came of them
	Retries     int           // those of them that repeated one
	NotModified int           // answered from what was kept, since the server had nothing newer
	Points      int64         // of GraphQL's quota, by the server's own account; 0 where it has none
	Bytes       int64         // of the bodies of replies, decompressed
	Waited      time.Duration // for quota and before retries, added up over requests that waited side by side
}
