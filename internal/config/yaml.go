package config

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// The bounds on a file of sources. One for three hundred governments has some
// 200 KB and 40,000 tokens.
const (
	maxFile   = 2 << 20
	maxTokens = 400_000
	maxDepth  = 100 // of what stands in one another; the parser is recursive
	maxNodes  = 400_000
)

// nodeKind is what a node of a YAML document is.
type nodeKind int

const (
	scalarNode nodeKind = iota // a string
	numberNode
	boolNode
	nullNode
	listNode
	mapNode
	otherNode // what is refused wherever it stands
)

func (k nodeKind) String() string {
	return [...]string{"a string", "a number", "true or false", "nothing", "a list", "a mapping", "something unreadable"}[k]
}

// node is a node of a YAML document. The nodes that aliases stand for are shared,
// so whoever walks counts.
type node struct {
	at    Position
	kind  nodeKind
	text  string // of a string; of a number or a truth as written
	value any    // of a number: int64, uint64 or float64; of a truth: bool
	items []*node
	pairs []pair
	why   string // why it is refused, of an otherNode
}

type pair struct {
	key   string
	at    Position
	value *node
}

// parse reads a YAML 1.2 document. Anchors and aliases are read; tags and merge
// keys are not used in a file of sources.
func parse(name string, text []byte) (root *node, problems Problems) {
	fault := func(at Position, format string, args ...any) (*node, Problems) {
		return nil, Problems{{File: name, At: at, Text: fmt.Sprintf(format, args...), beyond: true}}
	}
	start := Position{1, 1}
	if len(text) > maxFile {
		return fault(start, "the file is larger than %d MB", maxFile>>20)
	}
	if !utf8.Valid(text) {
		return fault(start, "the file is not UTF-8 text")
	}
	source := strings.TrimPrefix(string(text), "\ufeff")
	// The parser has been seen to panic on documents that are no YAML. What it
	// can not read is no reason to fall over.
	defer func() {
		if recover() != nil {
			root, problems = fault(start, "this is not YAML that can be read")
		}
	}()
	tokens := lexer.Tokenize(source)
	if len(tokens) > maxTokens {
		return fault(start, "the file has more than %d words and signs", maxTokens)
	}
	if at := tooDeep(tokens); at.Line > 0 {
		return fault(at, "more than %d things stand in one another here", maxDepth)
	}
	file, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		at, text := start, "this is not YAML that can be read"
		var syntax *yaml.SyntaxError
		if errors.As(err, &syntax) {
			// The message is the parser's own words, without what stands in the file.
			at, text = position(syntax.Token), "this is not YAML: "+syntax.Message
		}
		return fault(at, "%s", text)
	}
	var docs []*ast.DocumentNode
	for _, d := range file.Docs {
		if d.Body != nil {
			docs = append(docs, d)
		}
	}
	switch {
	case len(docs) == 0:
		return fault(start, "the file is empty; belfort sources new writes one to begin with")
	case len(docs) > 1:
		return fault(position(docs[1].Start), "a second document begins here; put everything in one")
	}
	b := &builder{name: name, anchors: map[string]*node{}}
	root = b.node(docs[0].Body)
	return root, b.problems
}

// tooDeep returns where things may stand too deep in one another for a recursive
// parser, the zero Position if nowhere. It counts brackets, how far to the right
// a line begins (each block begins further than the one it stands in), and the
// signs on a line that each may begin another block.
func tooDeep(tokens token.Tokens) Position {
	open, block, line := 0, 0, 0
	for _, t := range tokens {
		at := position(t)
		if t.Type != token.CommentType && at.Line != line {
			line, block = at.Line, at.Column-1
		}
		switch t.Type {
		case token.SequenceStartType, token.MappingStartType:
			open++
		case token.SequenceEndType, token.MappingEndType:
			open = max(0, open-1)
		case token.CollectEntryType:
			block = 0
		case token.SequenceEntryType, token.MappingKeyType, token.MappingValueType, token.AnchorType, token.TagType:
			block++
		}
		if open+block > maxDepth {
			return at
		}
	}
	return Position{}
}

func position(t *token.Token) Position {
	if t == nil || t.Position == nil {
		return Position{1, 1}
	}
	return Position{max(1, t.Position.Line), max(1, t.Position.Column)}
}

// builder makes nodes of what the parser gives.
type builder struct {
	name     string
	anchors  map[string]*node
	problems Problems
}

func (b *builder) fault(at Position, format string, args ...any) {
	if len(b.problems) < maxProblems {
		b.problems = append(b.problems, Problem{File: b.name, At: at, Text: fmt.Sprintf(format, args...), beyond: true})
	}
}

// node makes a node. What is not used in a file of sources is a problem, and an
// otherNode.
func (b *builder) node(n ast.Node) *node {
	if n == nil {
		return &node{kind: nullNode, at: Position{1, 1}}
	}
	at := position(n.GetToken())
	switch n := n.(type) {
	case *ast.StringNode:
		return &node{at: at, kind: scalarNode, text: n.Value}
	case *ast.LiteralNode:
		return &node{at: at, kind: scalarNode, text: n.Value.Value}
	case *ast.IntegerNode:
		return &node{at: at, kind: numberNode, text: n.Token.Value, value: n.Value}
	case *ast.FloatNode:
		return &node{at: at, kind: numberNode, text: n.Token.Value, value: n.Value}
	case *ast.InfinityNode:
		// JSON, and so the schema, has no such number.
		return b.other(at, "an endless number is not used here")
	case *ast.NanNode:
		return b.other(at, "what is no number is not used here")
	case *ast.BoolNode:
		return &node{at: at, kind: boolNode, text: n.Token.Value, value: n.Value}
	case *ast.NullNode:
		return &node{at: at, kind: nullNode}
	case *ast.SequenceNode:
		list := &node{at: at, kind: listNode}
		for _, item := range n.Values {
			list.items = append(list.items, b.node(item))
		}
		return list
	case *ast.MappingNode:
		return b.mapping(at, n.Values)
	case *ast.MappingValueNode:
		return b.mapping(at, []*ast.MappingValueNode{n})
	case *ast.AnchorNode:
		v := b.node(n.Value)
		if n.Name != nil {
			b.anchors[n.Name.GetToken().Value] = v
		}
		return v
	case *ast.AliasNode:
		if n.Value != nil {
			if v := b.anchors[n.Value.GetToken().Value]; v != nil {
				return v
			}
		}
		return b.other(at, "this alias stands for nothing above it")
	case *ast.TagNode:
		return b.other(at, "tags (!) are not used here; leave it out")
	}
	return b.other(at, "this is not used in a file of sources")
}

func (b *builder) other(at Position, why string) *node {
	b.fault(at, "%s", why)
	return &node{at: at, kind: otherNode, why: why}
}

func (b *builder) mapping(at Position, values []*ast.MappingValueNode) *node {
	m := &node{at: at, kind: mapNode}
	seen := make(map[string]Position, len(values))
	for i, v := range values {
		key := b.node(keyOf(v.Key))
		if i == 0 {
			m.at = key.at
		}
		if key.kind == otherNode {
			continue
		}
		if key.kind == listNode || key.kind == mapNode || key.kind == nullNode {
			b.fault(key.at, "the name of a setting is a word, and no %s", strings.TrimPrefix(key.kind.String(), "a "))
			continue
		}
		if first, twice := seen[key.text]; twice {
			b.fault(key.at, "%q stands here for the second time; the first is on line %d", short(key.text), first.Line)
			continue
		}
		seen[key.text] = key.at
		value := b.node(v.Value)
		if value.kind == nullNode {
			value = &node{at: key.at, kind: nullNode} // the place that a person sees
		}
		m.pairs = append(m.pairs, pair{key: key.text, at: key.at, value: value})
	}
	return m
}

// keyOf returns the node of a key. A merge key is a word as any other.
func keyOf(k ast.MapKeyNode) ast.Node {
	switch k := k.(type) {
	case *ast.MergeKeyNode:
		return ast.String(k.Token)
	case *ast.MappingKeyNode:
		return k.Value
	}
	return k
}

// short cuts what is quoted in a message.
func short(s string) string {
	const most = 200
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
