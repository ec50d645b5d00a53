package dev.claudemesh.broker.kernel;

/// Who something belongs to that is told of, and whom they let see it: for news of what is not in
/// the tables any more, or belongs to another than who changed it.
public record Owner(String memberId, Grants grants) {
  /// The same as {@link Member#lets}.
  public boolean lets(Member other, Grant grant) {
    return memberId.equals(other.id()) || grants.allow(other.key().hex(), grant);
  }
}
