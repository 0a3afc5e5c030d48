package model

// Terms are what of the tender document stands behind the figures of a ranking, so that
// a reader can follow each of them without the document. They hold no person.
type Terms struct {
	// Weights and Indicators are as published: of the pillars, and inside each pillar.
	Weights    map[Pillar]float64               `json:"weights"`
	Indicators map[Pillar]map[Indicator]float64 `json:"indicators"`
	Lots       map[string]map[string]float64    `json:"lots"` // weights of the projects as published, by lot
	Rules      Rules                            `json:"rules"`
	Minimum    Minimum                          `json:"minimum"`
	// Bidders say whose acts are whose; nil where every organisation found is a bidder of
	// its own.
	Bidders []BidderTerms `json:"bidders,omitempty"`
	// Repositories are those of which the document says more than an address, sorted.
	Repositories []RepositoryTerms `json:"repositories,omitempty"`
}

// BidderTerms are a bidder's vendors, subcontractors among them, sorted.
type BidderTerms struct {
	ID      string   `json:"id"`
	Vendors []string `json:"vendors"`
}

// RepositoryTerms say where a browser finds a repository.
type RepositoryTerms struct {
	URL   string `json:"url"`             // as verdicts name it
	Web   string `json:"web,omitempty"`   // its address on its forge; "" is URL
	Forge string `json:"forge,omitempty"` // github, gitlab, gitea or none; "" is not stated
}
