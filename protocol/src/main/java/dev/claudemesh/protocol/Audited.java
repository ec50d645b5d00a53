package dev.claudemesh.protocol;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Whether the audit tells a field, where its own rule would be wrong: it tells all but what may be
/// longer than a line of 1,000 characters, which is the body of something, and any JSON.
///
/// False stands on secrets and proofs.
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Audited {
  /// Whether it is told.
  boolean value();
}
