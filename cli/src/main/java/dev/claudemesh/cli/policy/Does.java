package dev.claudemesh.cli.policy;

import dev.claudemesh.protocol.Operation.Effect;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// What a command that is written by hand changes; those made from the catalogue have it from
/// there. One that {@link Effect#DESTROY destroys} asks by itself, in its own words.
///
/// A command without it is none that a policy is about: Claude Code starts it, or it only helps.
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Does {
  Effect value();
}
