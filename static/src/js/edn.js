// Progressive enhancement only: every page works without this file.
import { Button } from "govuk-frontend/dist/govuk/components/button/button.mjs";
import { CharacterCount } from "govuk-frontend/dist/govuk/components/character-count/character-count.mjs";
import { ErrorSummary } from "govuk-frontend/dist/govuk/components/error-summary/error-summary.mjs";
import { NotificationBanner } from "govuk-frontend/dist/govuk/components/notification-banner/notification-banner.mjs";
import { SkipLink } from "govuk-frontend/dist/govuk/components/skip-link/skip-link.mjs";
import { createAll } from "govuk-frontend/dist/govuk/init.mjs";

import { autosave } from "./autosave.js";
import { copyButton } from "./copy.js";
import { fileSize } from "./file_size.js";
import { collapseFilters, filterInPlace } from "./filters.js";
import { mirrors } from "./mirror.js";
import { pick } from "./pick.js";
import { preview } from "./preview.js";
import { shortcuts } from "./shortcuts.js";
import { submitOnce } from "./submit_once.js";
import { upload } from "./upload.js";

const COMPONENTS = [Button, CharacterCount, ErrorSummary, NotificationBanner, SkipLink];

const each = (selector, improve) => document.querySelectorAll(selector).forEach((element) => improve(element));

document.body.classList.add("js-enabled", "govuk-frontend-supported");
COMPONENTS.forEach((component) => createAll(component));
each("input[data-max-bytes]", fileSize);
each("form[data-upload-url]", upload); // before the two that a held-back button would mislead
each("form[method=post]", submitOnce);
each("form[data-autosave-url]", autosave);
each("[data-copy]", copyButton);
each("[data-mirrors]", mirrors);
each("form[data-preview]", preview);
each("form[data-pick]", pick);
each("[data-shortcuts]", shortcuts);
each("details.edn-filter", collapseFilters);
each("[data-filter]", filterInPlace);
