"""How is something found by its words? What is asked (`terms`), what is kept (`documents`), and how each database finds it (`engine`)."""
