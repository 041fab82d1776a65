package io.tenantry.worker.engine.proof;

import io.tenantry.worker.postgres.home.TenantHome;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How the names of a scratch home look: scripts, and texts of PostgreSQL, differ where names need quotes. */
public enum NameStyle {
    /** As {@code tenant_acme}: names that need no quotes. */
    PLAIN("t", ""),
    /** As {@code tenant_acme-1}: names that need quotes, in which the tenant begins with a digit. */
    QUOTED("1-", "1-"),
    /** As {@link #PLAIN}, and longer: what a script computes from the name is another text. */
    LONGER_PLAIN("t_2_", "2_"),
    /** As {@link #QUOTED}, and longer. */
    LONGER_QUOTED("1-2-", "1-2-");

    private static final Pattern NEEDS_NO_QUOTES = Pattern.compile("[a-z_][a-z0-9_]*");

    private final String tenant;
    private final String schema;

    NameStyle(String tenant, String schema) {
        this.tenant = tenant;
        this.schema = schema;
    }

    /** Another style that needs quotes where this one does. */
    NameStyle longer() {
        return this == PLAIN ? LONGER_PLAIN : LONGER_QUOTED;
    }

    /** The style of a home's names. Words that are reserved in SQL count as plain. */
    public static NameStyle of(TenantHome home) {
        @Nullable String tenant = home.tenant();
        boolean isPlain = NEEDS_NO_QUOTES.matcher(home.location()).matches()
                && (tenant == null || NEEDS_NO_QUOTES.matcher(tenant).matches());
        return isPlain ? PLAIN : QUOTED;
    }

    /** The name of a scratch tenant. It is short, since scripts also put it into short columns. */
    String tenant(String number) {
        return tenant + number;
    }

    /** What follows the prefix in the name of the scratch home's schema. */
    String partOfSchema(String number) {
        return schema + number;
    }
}
