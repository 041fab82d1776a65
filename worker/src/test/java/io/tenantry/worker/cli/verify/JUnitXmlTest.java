package io.tenantry.worker.cli.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.worker.engine.proof.Finding;
import io.tenantry.worker.operator.verify.DatabaseReport;
import java.nio.file.Path;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

class JUnitXmlTest {
    @Test
    void anyMessageIsValidXml(@TempDir Path folder) throws Exception {
        String message = "a\u0000\u001b[1m ]]> <b> & \"q\" 😀 \uD83D \uFFFE é\nnext";
        Path file = folder.resolve("verify.xml");
        DatabaseReport report = new DatabaseReport(
                "users",
                "main",
                List.of(),
                "18.1",
                List.of("V1__😀.sql"),
                1,
                List.of(
                        new Finding(Finding.Severity.ERROR, "seed", "V1__😀.sql", 1, message),
                        new Finding(Finding.Severity.NOTE, "no-plan", "V1__😀.sql", null, message)));

        JUnitXml.write(file, List.of(report), false, "interrupted \u0000");

        Document xml = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(file.toFile());
        String shown = "a??[1m ]]> <b> & \"q\" 😀 ? ? é";
        assertThat(((Element) xml.getElementsByTagName("failure").item(0)).getAttribute("message"))
                .startsWith("line 1: " + shown);
        assertThat(xml.getElementsByTagName("system-out").item(0).getTextContent())
                .isEqualTo(shown + "\nnext");
        assertThat(((Element) xml.getElementsByTagName("testcase").item(0)).getAttribute("name"))
                .isEqualTo("V1__😀.sql");
        assertThat(((Element) xml.getElementsByTagName("failure").item(1)).getAttribute("message"))
                .isEqualTo("interrupted ?");
    }
}
