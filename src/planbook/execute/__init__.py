"""Run notebooks by Papermill: checked parameters, warm kernels, reuse of what is fresh."""
