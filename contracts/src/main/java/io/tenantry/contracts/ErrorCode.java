package io.tenantry.contracts;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The stable names of what can go wrong: in events, in dead letters, and as the tag of metrics. */
public enum ErrorCode {
    INVALID_EVENT(
            "invalid-event",
            "Read the message header of the dead letter, correct the producer, and send the request again."),
    UNKNOWN_TENANT(
            "unknown-tenant",
            "Send tenant.created for this tenant first, or adopt its existing databases, then request the migration again."),
    UNKNOWN_DATABASE(
            "unknown-database",
            "Use a database that the worker's configuration names, or add it there and restart the workers."),
    LOCATION_TAKEN(
            "location-taken",
            "A schema or database of that name belongs to somebody else: drop or rename it, or change the location pattern."),
    CHECKSUM_MISMATCH(
            "checksum-mismatch",
            "A migration was edited after it ran here: restore its old text, or repair the history if the edit was harmless."),
    MIGRATION_FAILED(
            "migration-failed",
            "Correct the migration or the tenant's data at the given migration, line and SQLSTATE, then request it again."),
    TARGET_UNKNOWN(
            "target-unknown",
            "No worker has this version: deploy the release that brings the migration, or request a version that exists."),
    TARGET_BEHIND(
            "target-behind",
            "The tenant is already past the requested version, and Tenantry never migrates downwards: request a later one."),
    OUT_OF_ORDER(
            "out-of-order",
            "A migration below the tenant's version never ran there: give it a higher version, or set out-of-order for the database."),
    LOCK_TIMEOUT(
            "lock-timeout",
            "Long transactions kept the tables locked on every attempt: find and end them, then request it again."),
    SERVER_UNAVAILABLE(
            "server-unavailable",
            "The database server could not be reached for too long: bring it back, then request it again."),
    DRIFT_DETECTED(
            "drift-detected",
            "The tenant's schema is not what its migrations make: compare it with the drift command, correct it, try again."),
    TENANT_LIMIT(
            "tenant-limit",
            "The database has as many tenants as it may have: raise max-tenants or add a server, then send a new request with a new id."),
    ROLLOUT_HALTED(
            "rollout-halted",
            "Its rollout was halted before this tenant's turn: look at the failures, then resume or abort the rollout."),
    ROLLOUT_STATE(
            "rollout-state",
            "The rollout is not in a state that allows this: look at it with rollout show, and use an action that it allows."),
    ROLLOUT_CONFLICT(
            "rollout-conflict",
            "Another rollout has this name, or is active for the same tenants: wait for it or abort it, or use another name."),
    @JsonEnumDefaultValue
    INTERNAL(
            "internal",
            "This is a fault of Tenantry: look for the request's id in the worker's log, and report what it says there.");

    private static final Map<String, ErrorCode> BY_CODE =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(ErrorCode::code, Function.identity()));

    private final String code;
    private final String advice;

    ErrorCode(String code, String advice) {
        this.code = code;
        this.advice = advice;
    }

    /** The name in JSON, headers and metrics. */
    @JsonValue
    public String code() {
        return code;
    }

    /** One sentence for the operator: what to do. */
    public String advice() {
        return advice;
    }

    /**
     * The code of this name.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static ErrorCode of(String code) {
        ErrorCode found = BY_CODE.get(code);
        if (found == null) {
            throw new IllegalArgumentException("error code is " + Excerpt.quoted(code) + "; expected one of "
                    + Arrays.stream(values()).map(ErrorCode::code).collect(Collectors.joining(", ")));
        }
        return found;
    }
}
