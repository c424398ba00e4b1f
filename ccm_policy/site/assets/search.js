
// Follows the theme's worker. lunr keeps one copy of the ends that words share, and knows an end by a text in which
// letters and numbers of nodes run together: `1` before node 23 reads as `12` before node 3. Where many words are
// numbers it so takes other ends for the same, loses words, and fails at those that it believes to know.
lunr.TokenSet.prototype.toString = function () {
  if (this._str) return this._str;
  const edges = Object.keys(this.edges).sort().map((letter) => letter + this.edges[letter].id);
  return [this.final ? 1 : 0, ...edges].join(" ");
};
